package dashboard

// The part of Grafana's dashboard model that these dashboards use, in the version of schemaVersion. Grafana fills in the rest.

// schemaVersion is that of Grafana 10.4 and 11; later ones migrate it when they load it.
const schemaVersion = 39

// Dashboard is a dashboard in Grafana's own JSON model. Marshal writes it.
type Dashboard struct {
	UID           string     `json:"uid"`
	Title         string     `json:"title"`
	Description   string     `json:"description"`
	Tags          []string   `json:"tags"`
	Editable      bool       `json:"editable"`
	GraphTooltip  int        `json:"graphTooltip"`
	Links         []Link     `json:"links"`
	Panels        []Panel    `json:"panels"`
	Refresh       string     `json:"refresh"`
	SchemaVersion int        `json:"schemaVersion"`
	Templating    Templating `json:"templating"`
	Time          Time       `json:"time"`
	Timezone      string     `json:"timezone"`
}

// Link leads to other dashboards, by their tags.
type Link struct {
	Type        string   `json:"type"`
	Title       string   `json:"title"`
	Tags        []string `json:"tags"`
	AsDropdown  bool     `json:"asDropdown"`
	IncludeVars bool     `json:"includeVars"`
	KeepTime    bool     `json:"keepTime"`
}

// Time is the range that is shown at first, in Grafana's notation.
type Time struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Templating holds the dashboard's variables. A variable may use those before it.
type Templating struct {
	List []Variable `json:"list"`
}

// Variable is a value that the reader chooses.
type Variable struct {
	Name       string      `json:"name"`
	Label      string      `json:"label"`
	Type       string      `json:"type"`
	Datasource *Datasource `json:"datasource,omitempty"`
	Query      any         `json:"query"` // VariableQuery for the type query, else a string
	Regex      string      `json:"regex,omitempty"`
	Current    *Current    `json:"current,omitempty"`
	Hide       int         `json:"hide"`
	Refresh    int         `json:"refresh,omitempty"`
	Sort       int         `json:"sort,omitempty"`
	Multi      bool        `json:"multi,omitempty"`
	IncludeAll bool        `json:"includeAll,omitempty"`
	AllValue   string      `json:"allValue,omitempty"`
}

// VariableQuery asks Prometheus for a variable's values.
type VariableQuery struct {
	Query string `json:"query"`
	RefID string `json:"refId"`
}

// Current is the value that a variable has at first.
type Current struct {
	Text  string `json:"text"`
	Value string `json:"value"`
}

// Datasource names where a query is sent.
type Datasource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

// Panel is a tile of the dashboard, or the heading of those that follow.
type Panel struct {
	ID              int              `json:"id"`
	Type            string           `json:"type"`
	Title           string           `json:"title"`
	Description     string           `json:"description,omitempty"`
	GridPos         GridPos          `json:"gridPos"`
	Collapsed       bool             `json:"collapsed,omitempty"`
	Datasource      *Datasource      `json:"datasource,omitempty"`
	Targets         []Target         `json:"targets,omitempty"`
	FieldConfig     *FieldConfig     `json:"fieldConfig,omitempty"`
	Options         any              `json:"options,omitempty"` // StatOptions, GraphOptions or TableOptions, by type
	Transformations []Transformation `json:"transformations,omitempty"`
	Panels          []Panel          `json:"panels,omitempty"` // of a collapsed row
}

// GridPos is a panel's place on the grid of 24 columns.
type GridPos struct {
	H int `json:"h"`
	W int `json:"w"`
	X int `json:"x"`
	Y int `json:"y"`
}

// Target is a query of a panel.
type Target struct {
	Datasource   Datasource `json:"datasource"`
	Expr         string     `json:"expr"`
	LegendFormat string     `json:"legendFormat,omitempty"`
	RefID        string     `json:"refId"`
	Instant      bool       `json:"instant,omitempty"`
	Range        bool       `json:"range,omitempty"`
	Format       string     `json:"format,omitempty"`
	EditorMode   string     `json:"editorMode"`
}

// FieldConfig says how values look.
type FieldConfig struct {
	Defaults  Field      `json:"defaults"`
	Overrides []Override `json:"overrides"`
}

// Field is how the values of a field look.
type Field struct {
	Unit       string      `json:"unit,omitempty"`
	Min        *float64    `json:"min,omitempty"`
	Max        *float64    `json:"max,omitempty"`
	NoValue    string      `json:"noValue,omitempty"`
	Color      *Color      `json:"color,omitempty"`
	Thresholds *Thresholds `json:"thresholds,omitempty"`
	Custom     *Custom     `json:"custom,omitempty"`
}

// Color is how a field gets its colour.
type Color struct {
	Mode string `json:"mode"`
}

// Thresholds colour values from a limit on.
type Thresholds struct {
	Mode  string `json:"mode"`
	Steps []Step `json:"steps"`
}

// Step is the colour from a value on; the first step has none.
type Step struct {
	Color string   `json:"color"`
	Value *float64 `json:"value"`
}

// Custom is how a graph is drawn.
type Custom struct {
	FillOpacity int       `json:"fillOpacity"`
	LineWidth   int       `json:"lineWidth"`
	ShowPoints  string    `json:"showPoints"`
	Stacking    *Stacking `json:"stacking,omitempty"`
}

// Stacking puts the lines of a graph on top of each other.
type Stacking struct {
	Mode  string `json:"mode"`
	Group string `json:"group"`
}

// Override changes how one field looks.
type Override struct {
	Matcher    Matcher    `json:"matcher"`
	Properties []Property `json:"properties"`
}

// Matcher selects fields.
type Matcher struct {
	ID      string `json:"id"`
	Options string `json:"options"`
}

// Property is a setting of the selected fields.
type Property struct {
	ID    string `json:"id"`
	Value any    `json:"value"`
}

// StatOptions are those of a panel with one large value.
type StatOptions struct {
	ColorMode     string        `json:"colorMode"`
	GraphMode     string        `json:"graphMode"`
	JustifyMode   string        `json:"justifyMode"`
	TextMode      string        `json:"textMode"`
	ReduceOptions ReduceOptions `json:"reduceOptions"`
}

// ReduceOptions make one value of many.
type ReduceOptions struct {
	Calcs  []string `json:"calcs"`
	Fields string   `json:"fields"`
	Values bool     `json:"values"`
}

// GraphOptions are those of a time series panel.
type GraphOptions struct {
	Legend  Legend  `json:"legend"`
	Tooltip Tooltip `json:"tooltip"`
}

// Legend names the lines of a graph.
type Legend struct {
	Calcs       []string `json:"calcs"`
	DisplayMode string   `json:"displayMode"`
	Placement   string   `json:"placement"`
	ShowLegend  bool     `json:"showLegend"`
}

// Tooltip shows the values at the pointer.
type Tooltip struct {
	Mode string `json:"mode"`
	Sort string `json:"sort"`
}

// TableOptions are those of a table.
type TableOptions struct {
	ShowHeader bool     `json:"showHeader"`
	SortBy     []SortBy `json:"sortBy"`
}

// SortBy is the column that a table is sorted by.
type SortBy struct {
	DisplayName string `json:"displayName"`
	Desc        bool   `json:"desc"`
}

// Transformation changes the result of the queries before it is shown.
type Transformation struct {
	ID      string `json:"id"`
	Options any    `json:"options"`
}

// Organize are the options of the transformation organize: columns to leave out, their order and their names.
type Organize struct {
	ExcludeByName map[string]bool   `json:"excludeByName"`
	IndexByName   map[string]int    `json:"indexByName"`
	RenameByName  map[string]string `json:"renameByName"`
}
