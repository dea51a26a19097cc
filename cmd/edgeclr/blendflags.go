package main

import (
	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
)

// blendFlags are the flags --blend and --share, by which a command combines the adapted
// and the pretrained encoder in another way than the checkpoint does.
type blendFlags struct{ share float64 }

// declare adds the flags. The prefix of their help says when they hold.
func (f *blendFlags) declare(fs *pflag.FlagSet, prefix string) {
	fs.String("blend", "", prefix+"none, average or join instead of the checkpoint's own")
	fs.Float64Var(&f.share, "share", 0, prefix+"share of the adapted encoder in a join, between 0 and 1 (default 0.5 with --blend join)")
}

// Overrides let the configuration check the name of the blend.
func (f *blendFlags) Overrides() []cli.Override {
	return []cli.Override{{Flag: "blend", Key: "serve.blend"}}
}

// given tells whether one of the flags is on the command line.
func (f *blendFlags) given(a *cli.App) bool { return a.Given["blend"] || a.Given["share"] }

// check refuses values that say nothing about one checkpoint.
func (f *blendFlags) check(a *cli.App) error {
	if a.Given["blend"] && a.Config.Serve.Blend == config.BlendAuto {
		return cli.Usagef("--blend auto lets the judge choose while learning; give none, average or join")
	}
	if !a.Given["share"] {
		return nil
	}
	if a.Given["blend"] && a.Config.Serve.Blend != config.BlendJoin {
		return cli.Usagef("--share: blend %s has no share; add --blend join", a.Config.Serve.Blend)
	}
	if !(f.share > 0 && f.share < 1) { // also NaN
		return cli.Usagef("--share %v: give a number between 0 and 1; the adapted encoder alone is --blend none", f.share)
	}
	return nil
}

// choose gives the blend that the flags name, or else that of the checkpoint. A share
// alone means a join. A share of 0 is storage.EvenShare.
func (f *blendFlags) choose(a *cli.App, blend string, share float64) (string, float64) {
	switch {
	case a.Given["share"]:
		return config.BlendJoin, f.share
	case a.Given["blend"]:
		return a.Config.Serve.Blend, 0
	}
	return blend, share
}
