#include "sensors/import/evtx_events.h"

namespace holdfast {

Expected<EventSource::Next> EvtxEvents::next(EventDocument& event) {
  xml_.clear();
  HOLDFAST_TRY(found, reader_.next(xml_));
  if (found == EvtxReader::Next::kEnd) return Next::kEnd;
  if (found == EvtxReader::Next::kDamaged) return Next::kMalformed;
  event.clear();
  xml_.add_to(event);
  return Next::kEvent;
}

void EvtxEvents::add_remarks(ImportRemarks& remarks) const {
  remarks.replaced_surrogates += reader_.replaced();
  remarks.odd_values += reader_.odd_values();
  remarks.checksum_mismatches += reader_.checksum_mismatches();
}

}  // namespace holdfast
