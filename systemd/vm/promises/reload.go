package promises

import "context"

func proveBadReload(ctx context.Context, b *Bench) error { return nil }
