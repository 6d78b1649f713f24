package expand

import "github.com/homelab-foundations/postgresapp/pkg/plan"

func configMaps(p *plan.Plan) []Object { return nil }
