#include "cloud/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

#include "cloud/import.h"
#include "tests/cloud/temporary_store.h"

namespace holdfast::cloud {
namespace {

using testing::HasSubstr;

std::optional<Known> known(Store& store, const std::string& hash) { return *store.find(*sha256_of_text(hash)); }

// A reference data set as the NSRL lays it out: a table of all, and a view of what matters.
std::string make_rds(const TemporaryStore& temporary, const std::string& rows) {
  const std::string path = temporary.path("RDS_minimal.db");
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  const std::string sql =
      "CREATE TABLE METADATA (object_id INTEGER, sha256 VARCHAR, sha1 VARCHAR, md5 VARCHAR, file_name VARCHAR);"
      "CREATE VIEW FILE AS SELECT sha256, sha1, md5, file_name FROM METADATA;" +
      rows;
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  return path;
}

TEST(Store, KeepsWhatIsKnownAndAddsToIt) {
  const TemporaryStore temporary;
  temporary.with({{kHash, safe()}});
  Store store = temporary.with({{kHash, {{}, 7, 100}}});
  EXPECT_EQ(known(store, kHash), (Known{v1::SafeSoftwareAnswer::SAFE, 7, 100}));
  EXPECT_EQ(known(store, std::string(64, 'e')), std::nullopt);
  EXPECT_EQ(store.counts()->programs, 1U);
  EXPECT_EQ(store.counts()->safe, 1U);
}

TEST(Store, RefusesAFileThatIsNone) {
  const TemporaryStore temporary;
  EXPECT_FALSE(Store::open(temporary.path("missing.sqlite")));
  const auto foreign = Store::open(make_rds(temporary, ""));
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.error().what, HasSubstr("no file of the reputation service"));
  EXPECT_FALSE(Store::open(temporary.write("text.sqlite", std::string(5'000, 'x'))));
}

TEST(ImportCsv, PutsInAllOrNothing) {
  const TemporaryStore temporary;
  Store store = temporary.with({});
  const std::string good = temporary.write("good.csv", "sha256,verdict\n" + kHash + ",malicious\n");
  EXPECT_EQ(import_csv(good, 0, store).value(), 1U);
  const std::string bad = temporary.write("bad.csv", "sha256,verdict\n" + std::string(64, 'e') + ",safe\nxyz,safe\n");
  const auto refused = import_csv(bad, 0, store);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("bad.csv:3: sha256"));
  EXPECT_EQ(known(store, std::string(64, 'e')), std::nullopt);
  EXPECT_EQ(store.counts()->programs, 1U);
  EXPECT_FALSE(import_csv(temporary.path("missing.csv"), 0, store));
}

TEST(ImportNsrl, TakesEachHashOfTheReferenceDataSetAsSafe) {
  const TemporaryStore temporary;
  Store store = temporary.with({});
  const std::string row = "INSERT INTO METADATA VALUES (1, '" + std::string(64, 'D') + "', '', '', 'a.exe');";
  const std::string other = "INSERT INTO METADATA VALUES (2, '" + std::string(64, '1') + "', '', '', 'b.exe');";
  EXPECT_EQ(import_nsrl(make_rds(temporary, row + row + other), store).value(), 2U);
  EXPECT_EQ(known(store, kHash)->verdict, v1::SafeSoftwareAnswer::SAFE);
  EXPECT_EQ(known(store, std::string(64, '1'))->verdict, v1::SafeSoftwareAnswer::SAFE);
}

TEST(ImportNsrl, RefusesWhatIsNone) {
  const TemporaryStore temporary;
  Store store = temporary.with({});
  const auto bad = import_nsrl(make_rds(temporary, "INSERT INTO METADATA VALUES (1, 'abc', '', '', '');"), store);
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().what, HasSubstr("row 1 has no SHA-256"));
  EXPECT_FALSE(import_nsrl(temporary.path(), store)) << "the service's own file";
  EXPECT_FALSE(import_nsrl(temporary.path("missing.db"), store));
  EXPECT_EQ(store.counts()->programs, 0U);
}

TEST(Generate, MakesUpTheSameProgramsEveryTime) {
  const TemporaryStore temporary;
  Store store = temporary.with({});
  EXPECT_EQ(generate(1'000, 20'000, store).value(), 1'000U);
  EXPECT_EQ(store.counts()->programs, 1'000U);
  EXPECT_EQ(store.find(generated_sha256(0)).value()->verdict, v1::SafeSoftwareAnswer::SAFE);
  EXPECT_EQ(store.find(generated_sha256(1)).value()->verdict, v1::SafeSoftwareAnswer::MALICIOUS);
  EXPECT_EQ(store.find(generated_sha256(1'000)).value(), std::nullopt);
}

}  // namespace
}  // namespace holdfast::cloud
