package digest

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// CSV writes one row per question, oldest first, as RFC 4180 has it. It begins with a byte order mark, without
// which spreadsheets read UTF-8 as something else.
func CSV(w io.Writer, e Edition) error {
	p, err := e.open()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write the edition as CSV: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{{"question", "topic", "published", "community", "also", "region", "language", "agenda", "tlp", "new", "source", "url", "text", "context", "edited", "answered", "answer", "support"}}
	for _, q := range p.Questions {
		published, answered := "", ""
		if !q.NoName {
			published = q.Published.Format(time.RFC3339)
		}
		support := ""
		if q.Support > 0 {
			support = strconv.Itoa(q.Support)
		}
		if !q.Answered.IsZero() {
			answered = q.Answered.UTC().Format(time.RFC3339)
		}
		rows = append(rows, []string{
			q.ID, q.Topic, published, q.Community.ID, strings.Join(q.Also, " "), q.Region, q.Language, strings.Join(q.Themes, " "),
			q.TLP, yes(q.New), q.Source, q.URL, q.Text, q.Context,
			yes(q.Edited), answered, q.Answer + q.AnswerURL, // one of the two
			support,
		})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = Defuse(row[i])
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write the edition as CSV: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the edition as CSV: %w", err)
	}
	return nil
}

// Defuse keeps a spreadsheet from running a cell: what begins like a formula gets an apostrophe before it
// (OWASP, CSV Injection). Full-width signs are read as formulas too where Chinese or Japanese is set.
func Defuse(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠|%", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
