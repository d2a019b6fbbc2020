package protect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// otherColours are words that someone may write for a colour of TLP although FIRST has none of that name:
// other colours, and translations. Folded, so without accents and with look-alikes as Latin letters.
const otherColours = " " +
	"purple violet blue navy cyan teal yellow orange gold silver black gray grey brown pink magenta " +
	"none unclear unknown unlimited public private secret internal restricted " +
	"confidential rot gelb bernstein grun gruen weiss weis schwarz klar blau rouge ambre vert blanc " +
	"clair noir jaune bleu rojo roja ambar verde blanco claro negro amarillo azul vermelho ambar " +
	"branco preto amarelo rosso ambra bianco giallo nero chiaro rood oranje groen wit helder rod gul " +
	"gron gronn hvit hvid vit czerwony bursztyn zielony bialy zolty kirmizi sari yesil beyaz merah " +
	"kuning hijau putih "

// caseless are the beginnings of colour names in scripts that do not put spaces between words, or have no
// capitals to tell a name by.
const caseless = "红紅赤琥珀黄黃绿緑綠白紫黒黑蓝藍青레빨적앰호초녹흰백أحكعخضبئصفקירלכ"

// unknownColour says that the word at s[start:end], folded w, which is none of FIRST's colours, is meant as
// one: its label must then be obeyed as RED, since nobody knows what was asked for.
func unknownColour(s, w string, start, end int, by sep) bool {
	if !by.any {
		return false // "TLPs", "tlpx"
	}
	if w != "" && strings.Contains(otherColours, " "+w+" ") {
		return by.colon || by.tight || upper(s[start:end])
	}
	for _, c := range []string{"amber", "green", "clear", "white", "amberstrict"} {
		if by.sign && len(w) >= 4 && near(c, w) {
			return true
		}
	}
	first, _ := utf8.DecodeRuneInString(s[start:])
	if !unicode.IsUpper(first) && !unicode.IsLower(first) && !unicode.IsDigit(first) {
		return by.colon && strings.ContainsRune(caseless, first)
	}
	return by.colon && (by.tight || upper(s[start:end]))
}

// near says that one letter changed, missing, added or swapped with its neighbour makes a into b.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) != len(b) {
		return a[i:] == b[i+1:]
	}
	if i >= len(a)-1 || a[i+1:] == b[i+1:] {
		return true
	}
	return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
