// Package rgb holds the type of picture that all other packages use, 8-bit RGB, and the
// geometric operations on which the encoder's input depends.
//
// The model was trained on pictures that Pillow resized, so these operations return exactly
// Pillow's bytes: [Image.Resize] equals PIL.Image.resize with BILINEAR (antialiased, 22-bit
// fixed point, horizontal pass first, 8 bits between the passes), and
// [Image.ResizeShortSide] and [Image.EvalSquare] round like torchvision's Resize and
// CenterCrop. Golden tests compare every byte.
//
// The reference is Pillow 12.3. Pillow 13 does the vertical pass first for some
// shapes whose height shrinks more than their width; there about a fifth of the
// values differ from these by 1, and none by more.
//
// Units are pixels, the origin is the upper left corner, x goes right and y
// down. Values are sRGB as stored in the file (0 to 255); nothing here is
// linearised, as in Pillow.
//
// Caveats: sizes must be positive where a result must have pixels. A wrong size or box is a
// bug of the caller and panics, like an index out of range. Code that reads bytes from
// outside checks sizes first (package decode). Many goroutines may read an [Image] at once.
// A [Resizer] is not safe for concurrent use.
package rgb
