// The words of times. PostgreSQL compares the first ten letters only, so `microseconds` and `milliseconds` stand here
// shortened, and any word that begins like them is taken for them.

#include "types/datetime_words.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace kappa::processor {
namespace {

struct Entry {
  std::string_view name;
  Word word;
};

constexpr std::size_t kSignificantLetters = 10;

constexpr Word month(int number) {
  return {WordKind::month, number, TimeUnit::month};
}
constexpr Word weekday(int number) {
  return {WordKind::weekday, number, TimeUnit::day};
}
constexpr Word label(TimeUnit unit) {
  return {WordKind::label, 0, unit};
}
constexpr Word unit(TimeUnit unit) {
  return {WordKind::unit, 0, unit};
}
constexpr Word of(WordKind kind, int value = 0) {
  return {kind, value, TimeUnit::epoch};
}

constexpr Entry kDatetimeWords[] = {
    {"t", {WordKind::iso_time, 0, TimeUnit::iso_time}},
    {"am", of(WordKind::meridiem, 0)},
    {"pm", of(WordKind::meridiem, 1)},
    {"ad", of(WordKind::era, 0)},
    {"bc", of(WordKind::era, 1)},
    {"at", of(WordKind::ignored)},
    {"on", of(WordKind::ignored)},
    {"dst", of(WordKind::daylight_saving)},
    {"epoch", of(WordKind::epoch)},
    {"infinity", of(WordKind::infinity)},
    {"-infinity", of(WordKind::minus_infinity)},
    {"allballs", of(WordKind::midnight)},
    {"now", of(WordKind::clock)},
    {"today", of(WordKind::clock)},
    {"tomorrow", of(WordKind::clock)},
    {"yesterday", of(WordKind::clock)},
    {"jan", month(1)},
    {"january", month(1)},
    {"feb", month(2)},
    {"february", month(2)},
    {"mar", month(3)},
    {"march", month(3)},
    {"apr", month(4)},
    {"april", month(4)},
    {"may", month(5)},
    {"jun", month(6)},
    {"june", month(6)},
    {"jul", month(7)},
    {"july", month(7)},
    {"aug", month(8)},
    {"august", month(8)},
    {"sep", month(9)},
    {"sept", month(9)},
    {"september", month(9)},
    {"oct", month(10)},
    {"october", month(10)},
    {"nov", month(11)},
    {"november", month(11)},
    {"dec", month(12)},
    {"december", month(12)},
    {"sun", weekday(0)},
    {"sunday", weekday(0)},
    {"mon", weekday(1)},
    {"monday", weekday(1)},
    {"tue", weekday(2)},
    {"tues", weekday(2)},
    {"tuesday", weekday(2)},
    {"wed", weekday(3)},
    {"weds", weekday(3)},
    {"wednesday", weekday(3)},
    {"thu", weekday(4)},
    {"thur", weekday(4)},
    {"thurs", weekday(4)},
    {"thursday", weekday(4)},
    {"fri", weekday(5)},
    {"friday", weekday(5)},
    {"sat", weekday(6)},
    {"saturday", weekday(6)},
    {"y", label(TimeUnit::year)},
    {"m", label(TimeUnit::month)},
    {"d", label(TimeUnit::day)},
    {"h", label(TimeUnit::hour)},
    {"mm", label(TimeUnit::minute)},
    {"s", label(TimeUnit::second)},
    {"j", label(TimeUnit::julian)},
    {"jd", label(TimeUnit::julian)},
    {"julian", label(TimeUnit::julian)},
    {"dow", label(TimeUnit::day_of_week)},
    {"isodow", label(TimeUnit::iso_day_of_week)},
    {"doy", label(TimeUnit::day_of_year)},
    {"isoyear", label(TimeUnit::iso_year)},
};

constexpr Entry kIntervalWords[] = {
    {"second", unit(TimeUnit::second)},
    {"minute", unit(TimeUnit::minute)},
    {"hour", unit(TimeUnit::hour)},
    {"day", unit(TimeUnit::day)},
    {"week", unit(TimeUnit::week)},
    {"month", unit(TimeUnit::month)},
    {"quarter", unit(TimeUnit::quarter)},
    {"year", unit(TimeUnit::year)},
    {"seconds", unit(TimeUnit::second)},
    {"minutes", unit(TimeUnit::minute)},
    {"hours", unit(TimeUnit::hour)},
    {"days", unit(TimeUnit::day)},
    {"weeks", unit(TimeUnit::week)},
    {"months", unit(TimeUnit::month)},
    {"years", unit(TimeUnit::year)},
    {"mon", unit(TimeUnit::month)},
    {"mons", unit(TimeUnit::month)},
    {"ago", of(WordKind::ago)},
    {"us", unit(TimeUnit::microsecond)},
    {"usec", unit(TimeUnit::microsecond)},
    {"usecs", unit(TimeUnit::microsecond)},
    {"usecond", unit(TimeUnit::microsecond)},
    {"useconds", unit(TimeUnit::microsecond)},
    {"microsecon", unit(TimeUnit::microsecond)},
    {"ms", unit(TimeUnit::millisecond)},
    {"msec", unit(TimeUnit::millisecond)},
    {"msecs", unit(TimeUnit::millisecond)},
    {"msecond", unit(TimeUnit::millisecond)},
    {"mseconds", unit(TimeUnit::millisecond)},
    {"millisecon", unit(TimeUnit::millisecond)},
    {"s", unit(TimeUnit::second)},
    {"sec", unit(TimeUnit::second)},
    {"secs", unit(TimeUnit::second)},
    {"m", unit(TimeUnit::minute)},
    {"min", unit(TimeUnit::minute)},
    {"mins", unit(TimeUnit::minute)},
    {"h", unit(TimeUnit::hour)},
    {"hr", unit(TimeUnit::hour)},
    {"hrs", unit(TimeUnit::hour)},
    {"d", unit(TimeUnit::day)},
    {"w", unit(TimeUnit::week)},
    {"qtr", unit(TimeUnit::quarter)},
    {"y", unit(TimeUnit::year)},
    {"yr", unit(TimeUnit::year)},
    {"yrs", unit(TimeUnit::year)},
    {"dec", unit(TimeUnit::decade)},
    {"decs", unit(TimeUnit::decade)},
    {"decade", unit(TimeUnit::decade)},
    {"decades", unit(TimeUnit::decade)},
    {"c", unit(TimeUnit::century)},
    {"cent", unit(TimeUnit::century)},
    {"century", unit(TimeUnit::century)},
    {"centuries", unit(TimeUnit::century)},
    {"mil", unit(TimeUnit::millennium)},
    {"mils", unit(TimeUnit::millennium)},
    {"millennia", unit(TimeUnit::millennium)},
    {"millennium", unit(TimeUnit::millennium)},
    {"timezone", unit(TimeUnit::time_zone)},
    {"timezone_h", unit(TimeUnit::time_zone_hour)},
    {"timezone_m", unit(TimeUnit::time_zone_minute)},
};

/// Sorted.
constexpr std::string_view kZones[] = {
    "acdt",  "acsst",  "acst", "act",    "acwst", "adt",   "aedt", "aesst",  "aest",  "aft",   "akdt", "akst",
    "almst", "almt",   "amst", "amt",    "anast", "anat",  "arst", "art",    "ast",   "awsst", "awst", "azost",
    "azot",  "azst",   "azt",  "bdst",   "bdt",   "bnt",   "bort", "bot",    "bra",   "brst",  "brt",  "bst",
    "btt",   "cadt",   "cast", "cct",    "cdt",   "cest",  "cet",  "cetdst", "chadt", "chast", "chut", "ckt",
    "clst",  "clt",    "cot",  "cst",    "cxt",   "davt",  "ddut", "easst",  "east",  "eat",   "edt",  "eest",
    "eet",   "eetdst", "egst", "egt",    "est",   "fet",   "fjst", "fjt",    "fkst",  "fkt",   "fnst", "fnt",
    "galt",  "gamt",   "gest", "get",    "gft",   "gilt",  "gmt",  "gyt",    "hkt",   "hst",   "ict",  "idt",
    "iot",   "irkst",  "irkt", "irt",    "ist",   "jayt",  "jst",  "kdt",    "kgst",  "kgt",   "kost", "krast",
    "krat",  "kst",    "lhdt", "lhst",   "ligt",  "lint",  "lkt",  "magst",  "magt",  "mart",  "mawt", "mdt",
    "mest",  "mesz",   "met",  "metdst", "mez",   "mht",   "mmt",  "mpt",    "msd",   "msk",   "mst",  "must",
    "mut",   "mvt",    "myt",  "ndt",    "nft",   "novst", "novt", "npt",    "nst",   "nut",   "nzdt", "nzst",
    "nzt",   "omsst",  "omst", "pdt",    "pet",   "petst", "pett", "pgt",    "pht",   "pkst",  "pkt",  "pmdt",
    "pmst",  "pont",   "pst",  "pwt",    "pyst",  "pyt",   "ret",  "sadt",   "sast",  "sct",   "sgt",  "taht",
    "tft",   "tjt",    "tkt",  "tmt",    "tot",   "trut",  "tvt",  "uct",    "ulast", "ulat",  "ut",   "utc",
    "uyst",  "uyt",    "uzst", "uzt",    "vet",   "vlast", "vlat", "volt",   "vut",   "wadt",  "wakt", "wast",
    "wat",   "wdt",    "wet",  "wetdst", "wft",   "wgst",  "wgt",  "xjt",    "yakst", "yakt",  "yapt", "yekst",
    "yekt",  "z",      "zulu",
};
static_assert(std::is_sorted(std::begin(kZones), std::end(kZones)));

template <std::size_t Size>
[[nodiscard]] std::optional<Word> find(const Entry (&table)[Size], std::string_view word) {
  word = word.substr(0, kSignificantLetters);
  for (const Entry& entry : table)
    if (entry.name == word) return entry.word;
  return std::nullopt;
}

}  // namespace

std::optional<Word> find_datetime_word(std::string_view word) {
  return find(kDatetimeWords, word);
}
std::optional<Word> find_interval_word(std::string_view word) {
  return find(kIntervalWords, word);
}
bool is_zone_abbreviation(std::string_view word) {
  return std::binary_search(std::begin(kZones), std::end(kZones), word);
}

}  // namespace kappa::processor
