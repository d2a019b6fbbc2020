package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// otherNames are in use beside the names of the Unicode Common Locale Data Repository.
func otherNames() map[string]string {
	return map[string]string{
		"us": "usa|united states of america|america|eeuu|eua|ee uu", "gb": "uk|great britain|england|scotland|wales|northern ireland",
		"cd": "drc|democratic republic of the congo|democratic republic of congo|rdc", "cg": "republic of the congo",
		"ci": "ivory coast", "cz": "czech republic", "kr": "korea|republic of korea", "mk": "macedonia", "tr": "turkey", "nl": "holland",
		"mm": "burma|myanmar", "ps": "palestine|gaza|west bank", "ae": "uae|dubai", "va": "vatican", "sz": "swaziland", "cv": "cape verde",
		"tl": "east timor", "ba": "bosnia", "vc": "saint vincent", "tt": "trinidad|tobago", "hk": "hong kong", "mo": "macau|macao",
	}
}

// writeCountries makes the table of countries: country-code domain, UN M49 number, English name, and the names in
// five languages that a speaker may say to be from.
func writeCountries(path, groups string) error {
	raw, err := os.ReadFile(groups)
	if err != nil {
		return err
	}
	var codes []string
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) > 1 && !strings.HasPrefix(line, "#") {
			codes = append(codes, f[1:]...)
		}
	}
	slices.Sort(codes)
	var b strings.Builder
	b.WriteString("# Written by gendata: country-code domain, M49 number, name, what its people call it. Names are those of the\n")
	b.WriteString("# Unicode CLDR in five languages, and a few more; see README.md.\n")
	for _, cc := range codes {
		iso := strings.ToUpper(cc)
		if cc == "uk" {
			continue // the domain of gb
		}
		region, err := language.ParseRegion(iso)
		if err != nil {
			return fmt.Errorf("country %q: %w", cc, err)
		}
		var names []string
		for _, l := range []language.Tag{language.English, language.French, language.Spanish, language.Portuguese, language.German} {
			names = append(names, plain(display.Regions(l).Name(region))...)
		}
		names = append(names, strings.Split(otherNames()[cc], "|")...)
		slices.Sort(names)
		names = slices.DeleteFunc(slices.Compact(names), func(n string) bool {
			return n == "" || n == "georgia" || n == "jersey" // states of the United States too
		})
		fmt.Fprintf(&b, "%s\t%03d\t%s\t%s\n", cc, region.M49(), display.Regions(language.English).Name(region), strings.Join(names, "|"))
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

// plain takes a name to what people say: "Myanmar (Burma)" is "myanmar"; "Hong Kong SAR China" is left to
// otherNames.
func plain(name string) []string {
	name, _, _ = strings.Cut(name, " (")
	name = strings.ToLower(strings.ReplaceAll(name, "’", "'"))
	if strings.ContainsAny(name, "-/") && strings.Contains(name, " - ") || strings.Contains(name, "sar ") {
		return nil
	}
	out := []string{name}
	if strings.Contains(name, " & ") {
		out = append(out, strings.ReplaceAll(name, " & ", " and "))
	}
	return out
}
