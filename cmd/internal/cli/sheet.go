package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"

	"edgeclr/daemon/client"
	"edgeclr/internal/atomicfile"
)

// sheet is the contact sheet of a query. Its pictures are inside the file, so it can
// be mailed and needs no network.
const sheet = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Asked}}: nearest frames</title>
<style>
body{font:15px/1.4 system-ui,sans-serif;margin:2rem;color:#222;background:#fafafa}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(180px,1fr));gap:1rem}
figure{margin:0;background:#fff;border:1px solid #ddd;border-radius:6px;padding:.5rem}
img{width:100%;height:auto;display:block;border-radius:3px}
figcaption{font-size:13px;overflow-wrap:anywhere;margin-top:.4rem}
</style>
<h1>{{.Asked}}</h1>
{{if .Picture}}<p><img src="{{.Picture}}" alt="the picture that was asked with" style="max-width:260px"></p>{{end}}
<p>Nearest frames by checkpoint {{.Checkpoint}}</p>
<main>{{range .Hits}}
<figure>{{if .Picture}}<img src="{{.Picture}}" alt="frame {{.ID}}">{{else}}<p>no picture is kept</p>{{end}}
<figcaption><b>{{printf "%.4f" .Similarity}}</b> &middot; frame {{.ID}}{{if .Label}} &middot; {{.Label}}{{end}}<br>{{.Path}}<br>{{.Time.Format "2006-01-02 15:04:05"}}{{if .Sightings.Count}}<br>seen again: {{.Sightings.Count}}, last {{.Sightings.Last.Format "2006-01-02 15:04:05"}}{{end}}</figcaption></figure>{{end}}
</main></html>
`

type sheetHit struct {
	client.Hit
	Picture template.URL
}

type sheetPage struct {
	Asked, Checkpoint string
	Picture           template.URL
	Hits              []sheetHit
}

// writeSheet renders the answer to a file.
func writeSheet(ctx context.Context, api *client.Client, path, asked string, picture []byte, answer client.QueryReply) error {
	page := sheetPage{Asked: asked, Checkpoint: answer.Checkpoint}
	if picture != nil {
		page.Picture = dataURL(picture)
	}
	for _, h := range answer.Results {
		one := sheetHit{Hit: h}
		// A frame without a stored picture is shown without one.
		if data, err := api.Image(ctx, h.ID, 256); err == nil {
			one.Picture = dataURL(data)
		}
		page.Hits = append(page.Hits, one)
	}
	t, err := template.New("sheet").Parse(sheet)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, page); err != nil {
		return fmt.Errorf("rendering the contact sheet: %w", err)
	}
	_, _, err = atomicfile.Write(path, 0o644, &out)
	return err
}

// dataURL puts a picture into a page.
func dataURL(data []byte) template.URL {
	return template.URL("data:" + http.DetectContentType(data) + ";base64," + base64.StdEncoding.EncodeToString(data))
}
