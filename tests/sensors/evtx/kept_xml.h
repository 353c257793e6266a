// Keeps an event as text: <Event><System a='b'>text</System></Event>, items of arrays divided by '|'.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sensors/evtx/binary_xml.h"

namespace holdfast {

class KeptXml final : public XmlSink {
 public:
  void open(std::string_view element) override {
    end_start();
    text_ += '<';
    text_ += element;
    open_.emplace_back(element);
    in_start_ = true;
  }
  void attribute(std::string_view name, std::string_view value) override {
    text_.append(" ").append(name).append("='").append(value).append("'");
  }
  void text(std::string_view piece) override {
    end_start();
    text_ += piece;
  }
  void next_item() override {
    end_start();
    text_ += '|';
  }
  void close() override {
    end_start();
    text_ += "</" + open_.back() + ">";
    open_.pop_back();
  }
  const std::string& str() const { return text_; }

 private:
  void end_start() {
    if (in_start_) text_ += '>';
    in_start_ = false;
  }

  std::string text_;
  std::vector<std::string> open_;
  bool in_start_ = false;
};

}  // namespace holdfast
