package sqlstore

// table is a table as the migrations make it.
type table struct {
	name    string
	columns []string
	key     []string // the columns of its primary key, in order
}
