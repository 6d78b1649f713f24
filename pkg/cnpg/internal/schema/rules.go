package schema

import "strings"

// A rule is what a CEL rule of a schema demands at creation, in Go: it returns
// what to do about a value that breaks it, or "". Rules see values of the right
// type only as far as the types are checked already: anything else passes, as
// it has its own error.

// KnownRule reports whether a CEL rule has its counterpart here.
func KnownRule(rule string) bool {
	_, known := breach(rule, nil)
	return known
}

// breach applies a CEL rule, given in its own words, to a value. Like CEL, a
// rule that reads a property which is not there fails.
func breach(rule string, value any) (message string, known bool) {
	self, _ := value.(map[string]any)
	text, isText := value.(string)
	fails := false
	switch rule {
	case "!(has(self.imageCatalogRef) && has(self.imageName))":
		fails = has(self, "imageCatalogRef") && has(self, "imageName")
		message = "imageName and imageCatalogRef exclude each other: keep one"
	case "!(has(self.image) && has(self.imageCatalogRef))":
		fails = has(self, "image") && has(self, "imageCatalogRef")
		message = "image and imageCatalogRef exclude each other: keep one"
	case "self.kind == 'ImageCatalog' || self.kind == 'ClusterImageCatalog'":
		fails = self != nil && self["kind"] != "ImageCatalog" && self["kind"] != "ClusterImageCatalog"
		message = "kind must be ImageCatalog or ClusterImageCatalog"
	case "self.apiGroup == 'postgresql.cnpg.io'":
		fails = self != nil && self["apiGroup"] != "postgresql.cnpg.io"
		message = "apiGroup must be postgresql.cnpg.io"

	case "!has(self.builtinLocale) || self.localeProvider == 'builtin'":
		fails = has(self, "builtinLocale") && self["localeProvider"] != "builtin"
		message = "builtinLocale needs localeProvider: builtin"
	case "!has(self.icuLocale) || self.localeProvider == 'icu'":
		fails = has(self, "icuLocale") && self["localeProvider"] != "icu"
		message = "icuLocale needs localeProvider: icu"
	case "!has(self.icuRules) || self.localeProvider == 'icu'":
		fails = has(self, "icuRules") && self["localeProvider"] != "icu"
		message = "icuRules needs localeProvider: icu"

	case "self > 0":
		n, isNumber := number(value)
		fails = isNumber && n <= 0
		message = "must be greater than 0"
	case "self.dataDurability!='preferred' || ((!has(self.standbyNamesPre) || self.standbyNamesPre.size()==0) && (!has(self.standbyNamesPost) || self.standbyNamesPost.size()==0))":
		fails = self["dataDurability"] == "preferred" &&
			(count(self, "standbyNamesPre") > 0 || count(self, "standbyNamesPost") > 0)
		message = "dataDurability: preferred excludes standbyNamesPre and standbyNamesPost: remove them"

	case "self != ''":
		fails = isText && text == ""
		message = "must not be empty"
	case "self != 'postgres'":
		fails = text == "postgres"
		message = "the database postgres is reserved: use another name"
	case "self != 'template0'":
		fails = text == "template0"
		message = "the database template0 is reserved: use another name"
	case "self != 'template1'":
		fails = text == "template1"
		message = "the database template1 is reserved: use another name"

	case "self.name.size() != 0":
		fails = self != nil && self["name"] == ""
		message = "name must not be empty"
	case "self.name != 'postgres'":
		fails = self["name"] == "postgres"
		message = "the role postgres is reserved: use another name"
	case "self.name != 'streaming_replica'":
		fails = self["name"] == "streaming_replica"
		message = "the role streaming_replica is reserved: use another name"
	case "!self.name.startsWith('pg_')":
		fails = strings.HasPrefix(str(self, "name"), "pg_")
		message = "names of roles that begin with pg_ belong to PostgreSQL: use another name"
	case "!self.name.startsWith('cnpg_')":
		fails = strings.HasPrefix(str(self, "name"), "cnpg_")
		message = "names of roles that begin with cnpg_ belong to the operator: use another name"
	case "!has(self.ensure) || self.ensure != 'absent'":
		fails = self["ensure"] == "absent"
		message = "ensure: absent is not for a DatabaseRole: set databaseRoleReclaimPolicy: delete and delete the resource"
	case "!has(self.passwordSecret) || !has(self.disablePassword) || !self.disablePassword":
		fails = has(self, "passwordSecret") && self["disablePassword"] == true
		message = "passwordSecret and disablePassword exclude each other: keep one"
	case "!has(self.clientCertificate) || !self.clientCertificate.enabled || self.login":
		certificate, _ := self["clientCertificate"].(map[string]any)
		fails = certificate["enabled"] == true && self["login"] != true
		message = "clientCertificate needs login: true"

	case "(has(self.allTables) && !has(self.objects)) || (!has(self.allTables) && has(self.objects))":
		fails = self != nil && has(self, "allTables") == has(self, "objects")
		message = "needs either allTables or objects"
	case "(has(self.tablesInSchema) && !has(self.table)) || (!has(self.tablesInSchema) && has(self.table))":
		fails = self != nil && has(self, "tablesInSchema") == has(self, "table")
		message = "needs either tablesInSchema or table"
	case "!(self.exists(o, has(o.table) && has(o.table.columns)) && self.exists(o, has(o.tablesInSchema)))":
		columns := anyOf(value, func(o map[string]any) bool {
			table, _ := o["table"].(map[string]any)
			return has(table, "columns")
		})
		fails = columns && anyOf(value, func(o map[string]any) bool { return has(o, "tablesInSchema") })
		message = "a table with columns and tablesInSchema exclude each other in one publication: use two"

	case "self.all(e, self.filter(f, f.key==e.key).size() == 1)":
		fails = repeats(value, "key")
		message = "each key may appear once"
	case "self.all(e, self.filter(f, f.major==e.major).size() == 1)":
		fails = repeats(value, "major")
		message = "each major version may appear once"

	case "!has(self.serverName)":
		fails = has(self, "serverName")
		message = "serverName does not belong here: set it in the parameters of the Cluster's plugin"
	case "!self.exists(a, a.startsWith('--log-level'))":
		list, _ := value.([]any)
		for _, element := range list {
			argument, _ := element.(string)
			fails = fails || strings.HasPrefix(argument, "--log-level")
		}
		message = "--log-level does not belong here: use logLevel"

	case "(has(self.chart) && !has(self.chartRef)) || (!has(self.chart) && has(self.chartRef))":
		fails = self != nil && has(self, "chart") == has(self, "chartRef")
		message = "needs either chart or chartRef"
	case "!has(self.retryInterval) || self.name != 'RemediateOnFailure'":
		fails = has(self, "retryInterval") && self["name"] == "RemediateOnFailure"
		message = "retryInterval needs name: RetryOnFailure"
	case "!has(self.retryInterval) || self.name == 'RetryOnFailure'":
		fails = has(self, "retryInterval") && self["name"] != "RetryOnFailure"
		message = "retryInterval needs name: RetryOnFailure"
	case "has(self.configMapRef) || has(self.secretRef)":
		fails = self != nil && !has(self, "configMapRef") && !has(self, "secretRef")
		message = "needs either configMapRef or secretRef"
	case "!has(self.configMapRef) || !has(self.secretRef)":
		fails = has(self, "configMapRef") && has(self, "secretRef")
		message = "configMapRef and secretRef exclude each other: keep one"
	default:
		return "", false
	}
	if !fails {
		message = ""
	}
	return message, true
}

func has(object map[string]any, property string) bool {
	return object[property] != nil
}

func str(object map[string]any, property string) string {
	s, _ := object[property].(string)
	return s
}

func count(object map[string]any, property string) int {
	list, _ := object[property].([]any)
	return len(list)
}

func anyOf(value any, holds func(map[string]any) bool) bool {
	list, _ := value.([]any)
	for _, element := range list {
		if object, ok := element.(map[string]any); ok && holds(object) {
			return true
		}
	}
	return false
}

// repeats reports whether two objects of a list have the same property.
func repeats(value any, property string) bool {
	list, _ := value.([]any)
	seen := make(map[string]bool, len(list))
	for _, element := range list {
		object, _ := element.(map[string]any)
		if !has(object, property) {
			continue
		}
		key := canonical(object[property])
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}
