package config

import (
	"strings"

	"edgeclr/augment"
)

// What of a picture an encoder sees, by timm's names.
const (
	CropAuto   = "auto"
	CropCenter = "center" // the central square
	CropSquash = "squash" // the whole of a wide picture, scaled to a square; of others the central square
)

// Squash tells whether a new store embeds wide pictures as a whole: CropSquash. CropAuto is
// CropSquash when all sources are cameras, which see things in every part of a picture.
// Photographs have what they show in the middle.
func (c Config) Squash() bool {
	if c.Serve.CropMode != CropAuto {
		return c.Serve.CropMode == CropSquash
	}
	for _, s := range c.Sources {
		if scheme, _, _ := strings.Cut(s.URI, ":"); scheme == "dir" {
			return false
		}
	}
	return len(c.Sources) > 0
}

// Views says how training views are made. The views of a store that squashes,
// because it watches cameras, leave things where they are, unless augment.preset says
// otherwise.
func (c Config) Views() augment.Config { return c.Augment.Resolve(c.Squash()) }

// CropFor is the crop mode of a new store that watches sources.
func (c Config) CropFor(sources []Source) string {
	c.Sources = sources
	return CropModeOf(c.Squash())
}

// CropModeOf names the crop mode of a store.
func CropModeOf(squash bool) string {
	if squash {
		return CropSquash
	}
	return CropCenter
}
