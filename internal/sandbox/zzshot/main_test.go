package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func TestShot(t *testing.T) {
	urls, _ := os.ReadFile("/tmp/sbx.urls")
	u := strings.Fields(string(urls))
	actx, c := chromedp.NewExecAllocator(context.Background(), chromedp.Headless, chromedp.NoFirstRun, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("accept-lang", "nl"))
	defer c()
	ctx, c2 := chromedp.NewContext(actx)
	defer c2()
	m := u[0] + "/inbox/message/" + u[1]
	out := image.NewRGBA(image.Rect(0, 0, 5*400, 844))
	for i, x := range []struct{ url, scheme string }{{u[0] + "/inbox", "light"}, {m, "dark"}, {m + "?tab=headers", "light"}, {m + "?tab=reports", "dark"}, {m + "?tab=text", "light"}} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile)); err != nil {
			t.Fatal(err)
		}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: x.scheme}}}); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(ctx, chromedp.Navigate(x.url)); err != nil {
			t.Fatal(err)
		}
		w, err := chromedp.Run(ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
		fmt.Println(x.url, w, err)
		buf, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		img, _ := png.Decode(bytes.NewReader(buf))
		draw.Draw(out, image.Rect(i*400, 0, i*400+390, 844), img, image.Point{}, draw.Src)
	}
	f, _ := os.Create("/tmp/mm.png")
	png.Encode(f, out)
	f.Close()
}
