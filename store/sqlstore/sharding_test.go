package sqlstore

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// isReference tells the tables that are the same for all sessions: few rows, no foreign keys to them.
func isReference(table string) bool { return table == "askahead_meta" }

var (
	sqlComment  = regexp.MustCompile(`(?m)--.*$`)
	createTable = regexp.MustCompile(`(?s)^CREATE TABLE (\w+) \((.*)\)$`)
	createIndex = regexp.MustCompile(`(?s)^CREATE (?:UNIQUE )?INDEX \w+ ON (\w+) \((.*?)\)`)
	columnType  = regexp.MustCompile(`^(\w+)\s+(text|bigint|bytea)( COLLATE "C")? NOT NULL$`)
	addColumn   = regexp.MustCompile(`^ALTER TABLE (\w+) ADD COLUMN \w+ (?:bigint NOT NULL DEFAULT \d+|text NOT NULL DEFAULT '')$`)
	keyColumns  = regexp.MustCompile(`^(?:PRIMARY KEY|UNIQUE|FOREIGN KEY) \(([^)]*)\)`)
	references  = regexp.MustCompile(`^FOREIGN KEY \([^)]*\) REFERENCES (\w+) \(([^)]*)\)(.*)$`)
)

// migrationFaults tells where a migration breaks the rules that let one schema live on SQLite, on PostgreSQL and
// on PostgreSQL sharded by session. It knows few forms of statements; another one needs a rule here first.
func migrationFaults(text string) (faults []string) {
	text = sqlComment.ReplaceAllString(text, "")
	text = regexp.MustCompile(`/\*sqlite [A-Z, ]*\*/`).ReplaceAllString(text, "")
	for _, bad := range []string{`(?i)trigger`, `\[`, `(?i)json`, `(?i)serial`, `(?i)autoincrement`, `(?i)generated`, `(?i)now\(`, `\*/`} {
		if regexp.MustCompile(bad).MatchString(text) {
			faults = append(faults, "it holds "+bad)
		}
	}
	for statement := range strings.SplitSeq(text, ";") {
		statement = strings.TrimSpace(statement)
		if m := createTable.FindStringSubmatch(statement); m != nil {
			faults = append(faults, tableFaults(m[1], m[2])...)
		} else if m := createIndex.FindStringSubmatch(statement); m != nil {
			if !strings.HasPrefix(m[2], "session_id, ") {
				faults = append(faults, "an index of "+m[1]+" does not begin with session_id")
			}
		} else if m := addColumn.FindStringSubmatch(statement); m != nil {
			if isReference(m[1]) {
				faults = append(faults, "a column is added to "+m[1]+", which all sessions share")
			}
		} else if statement != "" {
			faults = append(faults, "a statement of an unknown form: "+statement)
		}
	}
	return faults
}

func tableFaults(table, body string) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, table+": "+fmt.Sprintf(format, args...)) }
	reference := isReference(table)
	collated := map[string]bool{}
	hasKey := false
	for i, def := range topLevel(body) {
		if m := columnType.FindStringSubmatch(def); m != nil {
			collated[m[1]] = m[2] != "text" || m[3] != ""
			if i == 0 && !reference && def != "session_id text NOT NULL" {
				fault("its first column is not session_id text NOT NULL")
			}
			continue
		}
		m := keyColumns.FindStringSubmatch(def)
		if m == nil {
			fault("a definition of an unknown form: %s", def)
			continue
		}
		hasKey = hasKey || strings.HasPrefix(def, "PRIMARY KEY")
		columns := strings.Split(m[1], ", ")
		if !reference && columns[0] != "session_id" {
			fault("%s does not begin with session_id", def)
		}
		for _, c := range columns {
			if c != "session_id" && !collated[c] {
				fault("%s in a key is text without COLLATE \"C\"", c)
			}
		}
		if f := references.FindStringSubmatch(def); f != nil {
			if isReference(f[1]) || !strings.HasPrefix(f[2], "session_id, ") {
				fault("%s does not point to session_id of a session's table", def)
			}
			if f[3] != "" && f[3] != " ON DELETE CASCADE" {
				fault("%s does something else than cascade", def)
			}
		}
	}
	if !hasKey {
		fault("it has no primary key")
	}
	return faults
}

// topLevel splits at the commas outside of parentheses.
func topLevel(body string) (defs []string) {
	depth, start := 0, 0
	for i, r := range body + "," {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				defs = append(defs, strings.Join(strings.Fields(body[start:min(i, len(body))]), " "))
				start = i + 1
			}
		}
	}
	return defs
}

func TestMigrationsKeepTheRulesOfSharding(t *testing.T) {
	texts, err := migrationTexts()
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		for _, fault := range migrationFaults(text) {
			t.Errorf("migration %d: %s", i+1, fault)
		}
	}
}

func TestBrokenMigrationsAreFound(t *testing.T) {
	const columns = "session_id text NOT NULL, n bigint NOT NULL, "
	for name, text := range map[string]string{
		"session_id is not first":           `CREATE TABLE x (n bigint NOT NULL, session_id text NOT NULL, PRIMARY KEY (session_id, n));`,
		"session_id may be null":            `CREATE TABLE x (session_id text, n bigint NOT NULL, PRIMARY KEY (session_id, n));`,
		"no primary key":                    `CREATE TABLE x (session_id text NOT NULL, n bigint NOT NULL);`,
		"a primary key without session_id":  `CREATE TABLE x (` + columns + `PRIMARY KEY (n));`,
		"a primary key in the column":       `CREATE TABLE x (session_id text NOT NULL, n bigint NOT NULL PRIMARY KEY);`,
		"a unique constraint":               `CREATE TABLE x (` + columns + `PRIMARY KEY (session_id, n), UNIQUE (n));`,
		"a foreign key":                     `CREATE TABLE x (` + columns + `PRIMARY KEY (session_id, n), FOREIGN KEY (n) REFERENCES y (n));`,
		"a foreign key that sets null":      `CREATE TABLE x (` + columns + `PRIMARY KEY (session_id, n), FOREIGN KEY (session_id, n) REFERENCES y (session_id, n) ON DELETE SET NULL);`,
		"a foreign key to a shared table":   `CREATE TABLE x (` + columns + `PRIMARY KEY (session_id, n), FOREIGN KEY (session_id, n) REFERENCES askahead_meta (session_id, n));`,
		"an index without session_id":       `CREATE INDEX i ON x (n);`,
		"a unique index without session_id": `CREATE UNIQUE INDEX i ON x (n, session_id);`,
		"an array":                          `CREATE TABLE x (session_id text NOT NULL, n bigint[] NOT NULL, PRIMARY KEY (session_id));`,
		"JSON":                              `CREATE TABLE x (session_id text NOT NULL, n jsonb NOT NULL, PRIMARY KEY (session_id));`,
		"a key in the order of a language":  `CREATE TABLE x (session_id text NOT NULL, id text NOT NULL, PRIMARY KEY (session_id, id));`,
		"a trigger":                         `CREATE TRIGGER t AFTER INSERT ON x EXECUTE FUNCTION f();`,
		"a new column of shared settings":   `ALTER TABLE askahead_meta ADD COLUMN n bigint NOT NULL DEFAULT 0;`,
		"a new column without a value":      `ALTER TABLE x ADD COLUMN n bigint NOT NULL;`,
		"a new column that may be null":     `ALTER TABLE x ADD COLUMN n bigint;`,
		"another statement":                 `ALTER TABLE x ALTER COLUMN session_id TYPE varchar;`,
	} {
		if len(migrationFaults(text)) == 0 {
			t.Errorf("%s is not noticed in %s", name, text)
		}
	}
}

var (
	tableUse  = regexp.MustCompile(`\b(FROM|JOIN|UPDATE|INTO) ([a-z_]+)(?: ([a-z]\w*))?`)
	forbidden = regexp.MustCompile(`(?i)\bnow\(|current_timestamp|current_date|clock_timestamp|random|uuid|unnest|::|\bjson|\barray|rowid|\brollup|autoincrement`)
	locking   = regexp.MustCompile(`\bFOR (UPDATE|SHARE)\b`)
)

// statementFaults tells where a statement breaks those rules.
func statementFaults(sql string, tables []string) (faults []string) {
	sql = strings.Join(strings.Fields(sql), " ")
	if bad := forbidden.FindString(sql); bad != "" {
		faults = append(faults, "it uses "+bad)
	}
	if locking.MatchString(sql) && !strings.Contains(sql, "session_id = ") {
		faults = append(faults, "it locks without a session")
	}
	for _, m := range tableUse.FindAllStringSubmatch(sql, -1) {
		verb, table, alias := m[1], m[2], m[3]
		if !slices.Contains(tables, table) {
			continue
		}
		named := alias + ".session_id"
		switch {
		case verb == "INTO":
			named = "INTO " + table + " (session_id"
		case alias == "":
			named = "session_id "
		}
		if !strings.Contains(sql, named) {
			faults = append(faults, fmt.Sprintf("%s %s %s names no session", verb, table, alias))
		}
	}
	return faults
}

// sessionTables are the tables of the migrations that are no reference tables.
func sessionTables(t *testing.T) (tables []string) {
	t.Helper()
	texts, err := migrationTexts()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`CREATE TABLE (\w+)`).FindAllStringSubmatch(strings.Join(texts, "\n"), -1) {
		if !isReference(m[1]) {
			tables = append(tables, m[1])
		}
	}
	return tables
}

func TestStatementsKeepTheRulesOfSharding(t *testing.T) {
	tables := sessionTables(t)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, sql := range statements(t, file) {
			for _, fault := range statementFaults(sql, tables) {
				t.Errorf("%s: %s: %s", file, fault, sql)
			}
			for _, m := range tableUse.FindAllStringSubmatch(sql, -1) {
				found[m[2]] = true
			}
		}
	}
	for _, table := range tables {
		if !found[table] {
			t.Errorf("no statement on table %s was found: it is not used, or this test looks in the wrong place", table)
		}
	}
}

// statements gives the texts in a file that speak of tables, each with what it is concatenated with.
func statements(t *testing.T, file string) (texts []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		text, ok := constant(n)
		if ok && tableUse.MatchString(text) {
			texts = append(texts, text)
		}
		return !ok
	})
	return texts
}

// constant gives the text of a literal or of a sum of some; what is not a literal is a space.
func constant(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(n.Value)
		return s, n.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		left, ok := constant(n.X)
		right, also := constant(n.Y)
		if n.Op != token.ADD || !ok && !also {
			return "", false
		}
		return left + " " + right, true
	}
	return " ", false
}

func TestBrokenStatementsAreFound(t *testing.T) {
	tables := sessionTables(t)
	for name, sql := range map[string]string{
		"no session":                 "SELECT n FROM questions WHERE n = $1",
		"a join without a session":   "SELECT 1 FROM questions q JOIN topics t ON t.n = q.topic WHERE q.session_id = $1",
		"a subquery without one":     "SELECT 1 FROM questions q WHERE q.session_id = $1 AND EXISTS (SELECT 1 FROM tags g WHERE g.n = q.n)",
		"an update":                  "UPDATE items SET outcome = 'gone' WHERE item_id = $1",
		"a deletion":                 "DELETE FROM bands WHERE topic = $1",
		"an insertion":               "INSERT INTO bands (band, topic) VALUES ($1, $2)",
		"the time of the server":     "UPDATE sessions SET saved = now() WHERE session_id = $1",
		"a lock over all sessions":   "SELECT n FROM questions LIMIT 1 FOR UPDATE SKIP LOCKED",
		"a number of the database":   "SELECT rowid FROM questions WHERE session_id = $1",
		"an array":                   "SELECT n FROM questions WHERE session_id = $1 AND n = ANY(ARRAY[1, 2])",
		"a random id":                "INSERT INTO items (session_id, item_id) VALUES ($1, gen_random_uuid())",
		"a cast of PostgreSQL alone": "SELECT n::text FROM questions WHERE session_id = $1",
	} {
		if len(statementFaults(sql, tables)) == 0 {
			t.Errorf("%s is not noticed in %s", name, sql)
		}
	}
}
