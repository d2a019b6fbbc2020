//go:build cgo

package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
)

// tally tells two copies of a table apart: the number of its rows, and the sum of their hashes. The order of the
// rows does not matter, so that it is the same on every database.
type tally struct {
	rows int64
	sum  [4]uint64 // of the four quarters of each row's SHA-256
}

// tallies are those of tables, by name.
type tallies map[string]tally

// counting adds rows to a tally.
type counting struct {
	tally
	buf []byte // one row, written so that no two different rows look alike
}

func (c *counting) add(row []any) error {
	c.buf = c.buf[:0]
	for _, v := range row {
		switch v := v.(type) {
		case int64:
			c.buf = binary.BigEndian.AppendUint64(append(c.buf, 'i'), uint64(v))
		case string:
			c.buf = binary.BigEndian.AppendUint64(append(c.buf, 't'), uint64(len(v)))
			c.buf = append(c.buf, v...)
		case []byte:
			c.buf = binary.BigEndian.AppendUint64(append(c.buf, 'b'), uint64(len(v)))
			c.buf = append(c.buf, v...)
		default:
			return fmt.Errorf("a column holds %T, which no column of askahead's may", v)
		}
	}
	hash := sha256.Sum256(c.buf)
	for i := range c.sum {
		c.sum[i] += binary.BigEndian.Uint64(hash[8*i:])
	}
	c.rows++
	return nil
}

// tallies reads all rows of some tables.
func (t *tx) tallies(ctx context.Context, tables []table, m *meter) (tallies, error) {
	all := tallies{}
	for _, tab := range tables {
		var c counting
		if err := t.stream(ctx, tab, false, func(row []any) error {
			m.add(1)
			return c.add(row)
		}); err != nil {
			return nil, fmt.Errorf("read the table %s: %w", tab.name, err)
		}
		all[tab.name] = c.tally
	}
	return all, nil
}

// digest is one text for all tables and their schema.
func (all tallies) digest(schema int) string {
	h := sha256.New()
	fmt.Fprintln(h, schema)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintln(h, name, all[name].rows, all[name].sum)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// differs names a table that is not the same in both.
func (all tallies) differs(other tallies) error {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		a, b := all[name], other[name]
		switch {
		case a.rows != b.rows:
			return fmt.Errorf("the table %s has %d rows where %d were written", name, b.rows, a.rows)
		case a != b:
			return fmt.Errorf("the table %s does not read as it was written", name)
		}
	}
	return nil
}

// counts gives the number of rows of each table.
func (all tallies) counts() map[string]int64 {
	rows := make(map[string]int64, len(all))
	for name, of := range all {
		rows[name] = of.rows
	}
	return rows
}

// meterStep is how many rows pass between two reports.
const meterStep = 2000

// meter tells how much of some work is done, in rows.
type meter struct {
	done, total, told int64
	report            func(done, total int64) // may be nil
}

func (m *meter) add(rows int64) { m.set(m.done + rows) }

func (m *meter) set(done int64) {
	m.done = done
	if m.report != nil && (m.done-m.told >= meterStep || m.done == m.total) {
		m.told = m.done
		m.report(min(m.done, m.total), m.total)
	}
}
