// Package augment makes the views that SimCLR learns from: two random variants of
// each picture of a batch. The loss pulls the two together (Chen et al. 2020, "A Simple
// Framework for Contrastive Learning of Visual Representations", section 2.1 and
// appendix A). The two views may also show two pictures: see [Pick].
//
// There are two steps, so that randomness and arithmetic are tested apart.
// [Config.Draw] draws [Params] from a generator, by torchvision's formulas.
// [Augmenter.Apply] turns a picture into a view by those Params, without any
// randomness. The order is that of the tutorial's Compose with SimCLR's grayscale
// added: crop and resize, flips, colour jitter (its four operations in random order),
// grayscale, Gaussian blur. Normalisation is part of the model's graph, not of this
// package.
//
// Guarantees. The operations follow torchvision.transforms on a PIL image, and golden
// tests compare them with it. The resize of package rgb is equal byte for byte. The
// comments of the other operations say where rounding can differ by one grey level.
//
// A [Loader] prepares whole batches ahead of the training step, on several
// goroutines. Its batches depend on the seed, the step and the chosen pictures, never
// on the number of workers or their timing. Randomness is counter-based: each view has
// a generator of its own, seeded by (seed, step, position, view). So a checkpoint
// needs (seed, step) and no state of a generator.
//
// Units: sizes in pixels, probabilities 0 to 1, sigma in pixels of the view,
// brightness, contrast and saturation as factors (1 changes nothing), hue as a
// share of the colour circle (-0.5 to 0.5).
//
// Caveat: hue is shifted in 8-bit HSV, as Pillow does. That is lossy: a hue factor of 0
// still changes pixels a little. A strength of 0 in [Config] switches the operation off.
package augment
