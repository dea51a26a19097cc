// Package fixedcamera measures encoders on a camera that does not move, without
// labels. It compares what the daemon serves after learning with the frozen encoder.
//
// A [Clip] is what the camera saw: a video, a folder of pictures, or a rendered scene.
// The [Truth] about its frames comes from the pixels: which share of each cell of a
// grid differs from the background. The background is the median of the frames.
//
// An encoder is good if the frames that it finds alike are alike in truth. [Score]
// takes the ten nearest frames of other moments for each frame, and compares their
// truth with that of the frame:
//
//   - overlap: 1 - the mean overlap of the grids (see [Overlap]);
//   - area: the absolute difference between the area of the frame's foreground and the
//     mean area of the ten, as a share of the picture;
//   - a number for each column of a file: the absolute difference in the same way.
//
// All of them are errors: 0 is best. Two encoders are compared frame by frame. The
// standard error of the mean difference comes from a bootstrap over blocks of time
// ([Blocks]), since frames of one moment are not independent.
//
// The daemon runs as it comes on the looped clip, as on a live camera (see [Run]). It
// may learn from the frames that are evaluated, since the camera is the same. Nobody
// ever tells it the truth.
package fixedcamera
