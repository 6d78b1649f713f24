package dashboard

// columns is the width of Grafana's grid.
const columns = 24

// section is a heading with its panels, from left to right. An empty title is no heading.
type section struct {
	title     string
	collapsed bool
	panels    []Panel
}

// arrange puts the panels of the sections on the grid, in rows as wide as it, and numbers them.
func arrange(sections []section) []Panel {
	var all []Panel
	id, y := 0, 0
	number := func(p Panel) Panel { id++; p.ID = id; return p }
	for _, s := range sections {
		heading := Panel{Type: "row", Title: s.title, Collapsed: s.collapsed, GridPos: GridPos{H: 1, W: columns, Y: y}}
		if s.title != "" {
			heading = number(heading)
			y++
		}
		var placed []Panel
		x, rowHeight := 0, 0
		for _, p := range s.panels {
			if x+p.GridPos.W > columns {
				x, y, rowHeight = 0, y+rowHeight, 0
			}
			p.GridPos.X, p.GridPos.Y = x, y
			x, rowHeight = x+p.GridPos.W, max(rowHeight, p.GridPos.H)
			placed = append(placed, number(p))
		}
		y += rowHeight
		if s.collapsed {
			heading.Panels, placed = placed, nil
		}
		if s.title != "" {
			all = append(all, heading)
		}
		all = append(all, placed...)
	}
	return all
}

// query is an expression and the name of what it gives, in which {{label}} stands for a label's value.
type query struct{ expr, legend string }

func targets(queries []query) []Target {
	var all []Target
	for i, q := range queries {
		all = append(all, Target{
			Datasource: prometheus, Expr: q.expr, LegendFormat: q.legend, RefID: string(rune('A' + i)), EditorMode: "code",
		})
	}
	return all
}

// limits colour a value: green, orange from warn on, red from bad on.
func limits(warn, bad float64) *Thresholds {
	return &Thresholds{Mode: "absolute", Steps: []Step{{Color: "green"}, {"orange", &warn}, {"red", &bad}}}
}

// atLeast colours a value red below a limit, and green from it on.
func atLeast(limit float64) *Thresholds {
	return &Thresholds{Mode: "absolute", Steps: []Step{{Color: "red"}, {"green", &limit}}}
}

// plain is one colour for all values.
func plain() *Thresholds {
	return &Thresholds{Mode: "absolute", Steps: []Step{{Color: "text"}}}
}

// stat is a panel with the latest value of one query in large.
func stat(title, description, unit string, colours *Thresholds, noValue string, q query) Panel {
	t := targets([]query{q})
	t[0].Instant = true
	return Panel{
		Type: "stat", Title: title, Description: description, GridPos: GridPos{W: 3, H: 4},
		Datasource: &prometheus, Targets: t,
		FieldConfig: &FieldConfig{
			Defaults:  Field{Unit: unit, NoValue: noValue, Color: &Color{"thresholds"}, Thresholds: colours},
			Overrides: []Override{},
		},
		Options: StatOptions{
			ColorMode: "value", GraphMode: "none", JustifyMode: "auto", TextMode: "value",
			ReduceOptions: ReduceOptions{Calcs: []string{"lastNotNull"}},
		},
	}
}

// named makes a stat show the name of its series instead of the value.
func named(p Panel) Panel {
	options := p.Options.(StatOptions)
	options.TextMode = "name"
	p.Options = options
	return p
}

// wide sets a panel's width.
func wide(width int, p Panel) Panel {
	p.GridPos.W = width
	return p
}

// graph is a panel with a line for each series.
func graph(title, description, unit string, queries ...query) Panel {
	t := targets(queries)
	for i := range t {
		t[i].Range = true
	}
	zero := 0.0
	return Panel{
		Type: "timeseries", Title: title, Description: description, GridPos: GridPos{W: 8, H: 7},
		Datasource: &prometheus, Targets: t,
		FieldConfig: &FieldConfig{
			Defaults: Field{
				Unit: unit, Min: &zero, Color: &Color{"palette-classic"},
				Custom: &Custom{FillOpacity: 10, LineWidth: 1, ShowPoints: "never"},
			},
			Overrides: []Override{},
		},
		Options: GraphOptions{
			Legend:  Legend{Calcs: []string{"lastNotNull", "max"}, DisplayMode: "table", Placement: "bottom", ShowLegend: true},
			Tooltip: Tooltip{Mode: "multi", Sort: "desc"},
		},
	}
}

// stacked puts a graph's lines on top of each other.
func stacked(p Panel) Panel {
	p.FieldConfig.Defaults.Custom.Stacking = &Stacking{Mode: "normal", Group: "A"}
	p.FieldConfig.Defaults.Custom.FillOpacity = 40
	return p
}

// share is for a graph of parts of one: its scale ends at 100%.
func share(p Panel) Panel {
	one := 1.0
	p.FieldConfig.Defaults.Max = &one
	return p
}

// column is a column of a table: a label's, or that of the values of a query.
type column struct {
	field   string // the label, or "" for values
	query   string
	title   string
	unit    string
	colours *Thresholds
}

// table is a panel with a row for each set of labels, and the latest values of all queries beside them. Labels that are no column are
// left out.
func table(title, description, sortBy string, cols ...column) Panel {
	organize := Organize{ExcludeByName: map[string]bool{"Time": true}, IndexByName: map[string]int{}, RenameByName: map[string]string{}}
	overrides := []Override{}
	var queries []query
	for i, c := range cols {
		field := c.field
		if c.query != "" {
			queries = append(queries, query{expr: c.query})
			field = valueField(len(queries)-1, cols)
		}
		organize.IndexByName[field] = i
		if c.title == "" {
			organize.ExcludeByName[field] = true
			continue
		}
		organize.RenameByName[field] = c.title
		if c.unit != "" || c.colours != nil {
			o := Override{Matcher: Matcher{"byName", c.title}}
			if c.unit != "" {
				o.Properties = append(o.Properties, Property{"unit", c.unit})
			}
			if c.colours != nil {
				o.Properties = append(o.Properties, Property{"thresholds", c.colours},
					Property{"custom.cellOptions", map[string]string{"type": "color-text"}})
			}
			overrides = append(overrides, o)
		}
	}
	t := targets(queries)
	for i := range t {
		t[i].Instant, t[i].Format = true, "table"
	}
	return Panel{
		Type: "table", Title: title, Description: description, GridPos: GridPos{W: columns, H: 7},
		Datasource: &prometheus, Targets: t,
		FieldConfig:     &FieldConfig{Defaults: Field{Thresholds: plain()}, Overrides: overrides},
		Options:         TableOptions{ShowHeader: true, SortBy: []SortBy{{DisplayName: sortBy, Desc: true}}},
		Transformations: []Transformation{{"merge", struct{}{}}, {"organize", organize}},
	}
}

// valueField is the name that Grafana gives to the values of the i-th query: "Value" where it is the only one.
func valueField(i int, cols []column) string {
	n := 0
	for _, c := range cols {
		if c.query != "" {
			n++
		}
	}
	if n == 1 {
		return "Value"
	}
	return "Value #" + string(rune('A'+i))
}
