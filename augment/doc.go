// Package augment makes the views SimCLR learns from: two random variants of
// every picture of a batch, which the loss pulls together (Chen et al. 2020, "A
// Simple Framework for Contrastive Learning of Visual Representations", section
// 2.1 and appendix A). The two may also come from two pictures: see [Pick].
//
// It works in two steps, so that what is random can be tested apart from what
// is arithmetic. [Config.Draw] draws [Params] from a generator, by torchvision's
// formulas. [Augmenter.Apply] turns a picture into a view by those Params and
// holds no randomness at all. The order is that of the tutorial's Compose with
// SimCLR's grayscale added: crop and resize, flips, colour jitter (its four
// operations in random order), grayscale, Gaussian blur. Normalisation is not
// here: it is part of the model's graph.
//
// Guarantees. The operations follow torchvision.transforms on a PIL image;
// golden tests compare them with it (package rgb gives the resize byte for
// byte; doc comments of the operations say where rounding can differ by one
// grey level). A [Loader] prepares whole batches ahead of the training step on
// several goroutines; what it delivers depends on its seed, the step and the
// pictures chosen, never on the number of workers or their timing. Randomness
// is counter-based: each view has a generator of its own, seeded by (seed,
// step, position, view), so a checkpoint needs (seed, step) and no generator
// state.
//
// Units: sizes in pixels, probabilities 0 to 1, sigma in pixels of the view,
// brightness, contrast and saturation as factors (1 changes nothing), hue as a
// share of the colour circle (-0.5 to 0.5).
//
// Caveat: hue is shifted in 8-bit HSV as Pillow does it, which is lossy: a hue
// factor of 0 still changes pixels a little. A strength of 0 in [Config]
// switches the operation off instead.
package augment
