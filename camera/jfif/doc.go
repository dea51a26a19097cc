// Package jfif decodes JPEG files to the pixels of libjpeg.
//
// Encoders are sensitive to pixels. With Go's image/jpeg and interpolated chroma, one pixel
// in fifty differs by 1, and the vector of a small picture has a cosine of 0.9995 to the
// right one. With the repeated chroma of image/jpeg it has 0.97. So this package rounds
// everywhere as libjpeg does: the inverse DCT (jidctint.c), the interpolation of the chroma
// (jdsample.c, "fancy upsampling") and the colours (jdcolor.c).
//
// It decodes baseline, extended and progressive JPEG of one or three components of 8 bits.
// Damaged data give what libjpeg gives: it goes on with zeros where data are missing. Only
// a file whose structure is broken is an error.
//
// The caller must check the size in the header first, since the memory is allocated by it.
//
// To follow a picture, read decoder.go (segments), scan.go and progressive.go (coefficients),
// idct.go, then image.go and upsample.go (pixels).
package jfif
