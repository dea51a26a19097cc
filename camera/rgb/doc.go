// Package rgb holds the picture every other package works on, 8-bit RGB, and
// the few geometric operations the encoder's input depends on.
//
// The model was trained on pictures that Pillow resized, so the operations here
// give Pillow's bytes, not merely similar ones: [Image.Resize] equals
// PIL.Image.resize with BILINEAR (antialiased, 22-bit fixed point, horizontal
// pass first, 8 bits between the passes), and [Image.ResizeShortSide],
// [Image.CenterCrop] and [Image.EvalSquare] round as torchvision's Resize and
// CenterCrop do. Golden tests hold them to it byte by byte.
//
// The reference is Pillow 12.3. Pillow 13 does the vertical pass first for some
// shapes whose height shrinks more than their width; there about a fifth of the
// values differ from these by 1, and none by more.
//
// Units are pixels, the origin is the upper left corner, x goes right and y
// down. Values are sRGB as stored in the file (0 to 255); nothing here is
// linearised, as in Pillow.
//
// Caveats: sizes must be positive where a result has to have pixels. A size or
// box that breaks this is a bug of the caller and panics, as an index out of
// range does; whoever reads outside bytes checks sizes first (package camera).
// An [Image] may be read by many goroutines at once. A [Resizer] may not.
package rgb
