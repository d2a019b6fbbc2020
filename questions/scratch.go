package questions

// cover replaces what is no prose in the working copy: a link, a file name, a full stop that ends nothing.
// It has no property in UAX #29 and stands in no text that people write.
const cover = 0x1f

// scratch is the memory that one call of Find needs. It is pooled, so that a text costs few allocations.
type scratch struct {
	buf       []byte // the text, byte for byte as long, with line breaks and full stops decided
	lines     []line
	paras     []paragraph
	markers   []marker
	sentences []sentence
	tokens    []token
	starts    []int
	fold      []byte
	votes     []int
	quotes    []stretch // in quotation marks, of paragraph quotesOf
	outer     stretch   // from its first word to its last
	quotesOf  int
}

// line is one line of the text, without its line break.
type line struct {
	start, end  int  // bytes
	first, last int  // first byte that is no white space, and the one after the last; equal in an empty line
	bullet      int  // length of a list mark from first; 0 if there is none
	firstWord   int  // runes of the first word
	width       int  // runes from start to last
	lower       bool // begins with a small letter
}

// sentence is one sentence of the text.
type sentence struct {
	start, end int // bytes, without white space around
	para       int // number of its paragraph: parted by empty lines and list marks
	lineStart  bool
	marked     bool // holds a question mark that could end a question
	heading    bool
	asked      bool // it is part of a question
	cut        bool // the mark may stand inside of a longer sentence: the next one begins with a small letter
}
