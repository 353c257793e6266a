// Events of Export-Clixml, through the importer; shapes_test.cc has a whole one.
#include <gmock/gmock.h>

#include <string>

#include "tests/sensors/import/import_fixture.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

using ClixmlEventsTest = ImportTest;

std::string object(int pid, const std::string& more = {}) {
  return "<Obj RefId=\"0\"><Props><I32 N=\"Id\">5</I32><S N=\"LogName\">Microsoft-Windows-Sysmon/Operational</S>" +
         more +
         "</Props><MS><S N=\"Message\">Process terminated:_x000D__x000A_UtcTime: 2020-09-04 07:06:10.5_x000D__x000A_"
         "ProcessId: " +
         std::to_string(pid) + "_x000A_Image: C:\\_x0041__x263A__xD83D__xDE00__xD83D__x00_.exe</S></MS></Obj>\n";
}

std::string objects(const std::string& inside) {
  return "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n" + inside + "</Objs>";
}

TEST_F(ClixmlEventsTest, AreReadAloneAndInAList) {
  for (const std::string& text :
       {objects(object(1) + object(2)), objects("<Obj RefId=\"9\"><TN RefId=\"9\"><T>System.Object[]</T></TN><LST>" +
                                                object(1) + object(2) + "</LST></Obj>")}) {
    const ImportReport report = import(text);
    EXPECT_EQ(report.summary.malformed(), 0U);
    ASSERT_EQ(kept_.inputs.size(), 2U);
    EXPECT_EQ(kept_.operation(0).actor().pid(), 1U);
    EXPECT_EQ(kept_.operation(1).actor().pid(), 2U);
    EXPECT_EQ(kept_.operation(0).actor_image(), "C:\\A\u263A\U0001F600\uFFFD_x00_.exe");
  }
}

TEST_F(ClixmlEventsTest, PropertiesOfPropertiesAreNotTheEvents) {
  import(objects(object(1, "<Obj N=\"UserId\"><Props><I32 N=\"Id\">6</I32></Props></Obj>")));
  ASSERT_EQ(kept_.inputs.size(), 1U);
  EXPECT_TRUE(kept_.operation(0).has_process_exit());
}

TEST_F(ClixmlEventsTest, DamagedOnesAreNamedAndTheRestIsRead) {
  const ImportReport report =
      import(objects(object(1) + object(2, "<S N=\"X\">&x;</S>") + object(3, "<S N=\"X\">\xFF</S>") + object(4)));
  EXPECT_EQ(report.summary.mapped(), 2U);
  ASSERT_EQ(report.malformed.size(), 2U);
  EXPECT_THAT(report.malformed[0].text(), HasSubstr(":3: an ampersand begins no character"));
  EXPECT_THAT(report.malformed[1].text(), HasSubstr(":4: a text is not UTF-8"));
}

TEST_F(ClixmlEventsTest, OtherObjectsAreRefused) {
  const auto report = import_files({write("a.xml", objects("<Obj><Props><S N=\"Name\">x</S></Props></Obj>"))});
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().text(), HasSubstr("is XML that holds no event"));
}

}  // namespace
}  // namespace holdfast
