package client_test

import (
	"io"
	"net/http"
	"testing"

	"edgeclr/daemon/client"
)

// Whatever a stream of embeddings holds, it ends with io.EOF or an error, and
// every vector has as many values as the header says.
func FuzzEmbeddings(f *testing.F) {
	f.Add("2", []byte(`{"id":7,"path":"a.jpg"}`+"\n12345678"))
	f.Add("0", []byte("{}\n{}\n"))
	f.Add("-1", []byte("{}\n"))
	f.Add("9999999999", []byte("{}\n"))
	f.Fuzz(func(t *testing.T, dim string, body []byte) {
		c := client.Over(answer(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(client.HeaderDim, dim)
			_, _ = w.Write(body)
		}), "here")
		r, err := c.Embeddings(t.Context(), "")
		if err != nil {
			return
		}
		defer r.Close()
		for n := 0; ; n++ {
			_, vector, err := r.Next()
			if err == io.EOF && n > len(body) {
				t.Fatal("more frames than bytes")
			}
			if err != nil {
				return
			}
			if len(vector) != r.Dim {
				t.Fatalf("%d values, and the header says %d", len(vector), r.Dim)
			}
		}
	})
}
