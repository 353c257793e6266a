// Exception lists as tests write them.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "engine/exceptions/exception_list.h"
#include "engine/path/windows_path.h"
#include "tests/engine/path/profiles.h"

namespace holdfast::engine {

inline v1::ExceptionList entries(std::initializer_list<std::string_view> approved,
                                 std::initializer_list<std::string_view> blocked = {}) {
  v1::ExceptionList list;
  for (const std::string_view path : approved) list.add_approved()->set_path(std::string(path));
  for (const std::string_view path : blocked) list.add_blocked()->set_path(std::string(path));
  return list;
}

// The compiled list of an endpoint that all tests share; a list that is refused fails the test.
class Exceptions {
 public:
  explicit Exceptions(const v1::ExceptionList& list) : paths_(workstation()) {
    Expected<ExceptionList> created = ExceptionList::create(list, paths_);
    if (created) {
      list_ = std::move(*created);
    } else {
      ADD_FAILURE() << created.error().text();
    }
  }

  ExceptionList::Hit find(std::string_view raw_path) const {
    const WindowsPath path = paths_.normalise(raw_path);
    return list_.find({.path = &path, .sha256 = {}, .trusted_signer = {}});
  }
  bool approve(std::string_view raw_path) const { return find(raw_path).list == ExceptionList::List::kApproved; }
  bool block(std::string_view raw_path) const { return find(raw_path).list == ExceptionList::List::kBlocked; }

  const ExceptionList& list() const { return list_; }
  const PathNormaliser& paths() const { return paths_; }

 private:
  PathNormaliser paths_;
  ExceptionList list_;
};

}  // namespace holdfast::engine
