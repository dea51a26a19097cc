// Package synthetic renders scenes with known classes, for demonstrations, tests and
// benchmarks.
//
// [OpenFixed] opens a scene that a fixed camera sees: a yard (package yard) or a work bench
// (package bench). They are drawn in three dimensions (package render), as time goes on, and
// the [Truth] about each frame is known. There the background is one and the same, and the
// light changes more pixels than what happens.
//
// The rest of this page is about [New]: a conveyor belt, with one small metal part in the
// picture.
//
// Two pictures of one class differ as in front of a real camera: in position, rotation,
// size, the part's proportions and metal, shadows, motion blur, sensor noise, dirt, and
// things that lie over the part. The light and the belt change too, but slowly: three
// belts alternate, and exposure, colour and direction of the light drift with the day. None
// of this depends on the class, so only the shape shows the class. Some classes are similar
// (bolt and screw; nut, washer and gear), so a pretrained encoder is often right but not
// always. EfficientNet-Lite0 at 96 px reached a top-1 of 0.783 and a precision@10 of 0.689
// (leave-one-out on 600 held-out pictures). After 160 steps of SimCLR on 700 other pictures
// it reached 0.837 and 0.755.
//
// A picture depends only on the seed, the size and its number. It is the same in every run
// of one build. Between processor architectures the last bit of a pixel may differ, since
// floating-point contraction differs.
package synthetic
