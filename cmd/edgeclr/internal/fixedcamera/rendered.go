package fixedcamera

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"edgeclr/camera/sources"
)

// sceneTime is the length of a rendered clip. A day of the yard takes four minutes.
const sceneTime = 15 * time.Minute

// sceneQuality is the JPEG quality of rendered frames.
const sceneQuality = 95

// countName is the column with how many people, vehicles and objects a rendered frame
// shows.
const countName = "count"

// scene renders a scene that a fixed camera sees, like "synthetic:yard": a frame a second
// at most, evenly spread over its first 15 minutes. The scene itself tells the truth. The
// daemon watches the same scene from its beginning. The error matches camera.ErrBadURI
// for another scene.
func (r Reader) scene(ctx context.Context, uri string) (_ *Clip, err error) {
	uri = seeded(uri)
	scene, err := sources.Fixed(uri)
	if err != nil {
		return nil, err
	}
	c := &Clip{Kind: KindScene, Clock: "the scene", Rate: scene.FPS(), Truth: &Truth{}, source: uri}
	if c.spool, err = newSpool(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	count := Column{Name: countName}
	for i, n := range evenly(int(sceneTime.Seconds()*c.Rate), min(r.Most, int(sceneTime.Seconds()))) {
		r.progress(i)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m, truth := scene.Frame(n)
		data, err := m.JPEG(sceneQuality)
		if err != nil {
			return nil, err
		}
		at := time.Duration(float64(n) / c.Rate * float64(time.Second))
		if err := c.spooled(fmt.Sprintf("%06d", n), at, data); err != nil {
			return nil, err
		}
		things := 0
		for _, k := range truth.Counts {
			things += k
		}
		c.Truth.Grids = append(c.Truth.Grids, Grid(truth.Foreground))
		count.Values = append(count.Values, float64(things))
	}
	c.Truth.Columns = []Column{count}
	return c, nil
}

// seeded names the scene's seed in the URI. A source without one takes the daemon's seed,
// which differs from run to run.
func seeded(uri string) string {
	name, query, _ := strings.Cut(uri, "?")
	values, err := url.ParseQuery(query)
	if err != nil || values.Has("seed") {
		return uri // a bad URI is refused where it is opened
	}
	values.Set("seed", "0")
	return name + "?" + values.Encode()
}
