package digest

import (
	"cmp"
	"html/template"
)

// The type faces: what every system has, with a serif for what askers wrote.
const (
	sans  = "font-family:system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,Arial,sans-serif"
	serif = "font-family:Iowan Old Style,Palatino,Noto Serif,Georgia,serif"
)

// style gives the inline style of a part of the page; an unknown part has none. Sizes are in pixels, since mail
// programs disagree about everything else.
func style(part string) template.CSS {
	return cmp.Or(frameStyle(part), questionStyle(part), tableStyle(part))
}

// frameStyle is of the page and its running text.
func frameStyle(part string) template.CSS {
	switch part {
	case "page":
		return "margin:0;padding:0;background-color:#f3f1ec;color:#1d2126;-webkit-text-size-adjust:100%;" + sans
	case "sheet":
		return "width:100%;max-width:664px;background-color:#ffffff"
	case "inner":
		return "padding:36px 32px 32px;text-align:left;font-size:15px;line-height:1.5;color:#1d2126;" + sans
	case "hidden":
		return "display:none;max-height:0;overflow:hidden"
	case "label":
		return "display:inline-block;background-color:#000000;padding:3px 8px;font:700 12px/1.4 ui-monospace,Menlo,Consolas,Noto Sans Mono,monospace;letter-spacing:.04em"
	case "h1":
		return "margin:22px 0 10px;font-size:31px;line-height:1.18;font-weight:600;letter-spacing:-.01em;text-wrap:balance;" + serif
	case "h2":
		return "margin:48px 0 4px;padding-top:14px;border-top:2px solid #1d2126;font-size:22px;line-height:1.25;font-weight:600;" + serif
	case "lead":
		return "margin:0 0 6px;font-size:16px;line-height:1.55"
	case "kicker":
		return "margin:0;font-size:13px;line-height:1.5;color:#5a6068"
	case "intro":
		return "margin:0 0 18px;font-size:14px;line-height:1.5;color:#5a6068"
	case "figures":
		return "width:100%;margin:26px 0 22px;border-top:2px solid #1d2126;border-bottom:1px solid #dedad2"
	case "figure":
		return "padding:12px 8px 12px 0;vertical-align:top;font-size:13px;line-height:1.3;color:#5a6068"
	case "number":
		return "display:block;font-size:28px;line-height:1.15;color:#1d2126;font-variant-numeric:lining-nums tabular-nums;" + serif
	case "foot":
		return "margin:30px 0 0;padding-top:14px;border-top:1px solid #dedad2;font-size:13px;line-height:1.5;color:#5a6068"
	case "link":
		return "color:#1d2126;text-decoration:underline"
	case "note":
		return "margin:0 0 9px;font-size:13px;line-height:1.55;color:#4b5159"
	case "recall":
		return "margin:10px 0 0;padding:12px 14px;border:1px solid #b4450b;font-size:15px;line-height:1.5"
	case "more":
		return "margin:12px 0 0;font-size:13px;color:#5a6068"
	case "quiet":
		return "margin:0 0 12px;font-style:italic;color:#5a6068"
	}
	return ""
}

// questionStyle is of concerns, agenda points and what stands in them.
func questionStyle(part string) template.CSS {
	switch part {
	case "concern":
		return "margin:0 0 34px"
	case "nr":
		return "width:34px;vertical-align:top;font-size:21px;line-height:1.3;color:#6f6a5f;font-variant-numeric:lining-nums;" + serif
	case "h3":
		return "margin:0;font-size:20px;line-height:1.35;font-weight:600;" + serif
	case "community":
		return "margin:28px 0 10px;font-size:16px;line-height:1.4;font-weight:700"
	case "context":
		return "margin:0 0 3px;font-size:14px;color:#5a6068;" + serif
	case "credit":
		return "margin:3px 0 0;font-size:13px;color:#5a6068"
	case "answered":
		return "font-weight:600;white-space:nowrap;color:#1d2126"
	case "share":
		return "margin-top:16px;padding-left:12px;border-left:3px solid"
	case "name":
		return "font-size:14px;font-weight:600"
	case "share-of":
		return "font-size:13px;text-align:right;white-space:nowrap;color:#5a6068"
	case "bar":
		return "margin-top:3px;table-layout:fixed"
	case "cell":
		return "height:6px;font-size:1px"
	case "rest":
		return "background-color:#ebe8e1"
	case "words":
		return "margin:9px 0 0;font-size:16px;" + serif
	case "point":
		return "margin:26px 0 8px;font-size:17px;line-height:1.35;font-weight:600"
	case "topic":
		return "margin:0 0 12px"
	case "ask":
		return "margin:0;font-size:16px;" + serif
	}
	return ""
}

// tableStyle is of the figures at the end.
func tableStyle(part string) template.CSS {
	switch part {
	case "table":
		return "width:100%;margin:14px 0 0;border-collapse:collapse;font-size:13px;line-height:1.35"
	case "caption":
		return "padding:0 0 6px;text-align:left;font-size:13px;font-weight:600;color:#1d2126"
	case "week":
		return "padding:0 2px 4px;text-align:center;font-weight:400;color:#5a6068;white-space:nowrap"
	case "rowhead":
		return "padding:8px 8px 8px 0;border-top:1px solid #e7e3dc;text-align:left;vertical-align:bottom;font-weight:400"
	case "chart":
		return "padding:8px 4px 0;border-top:1px solid #e7e3dc;text-align:center;vertical-align:bottom;font-variant-numeric:tabular-nums;color:#5a6068"
	case "column":
		return "display:block;width:22px;max-width:70%;margin:2px auto 0"
	case "third":
		return "display:inline-block;width:182px;margin:18px 14px 0 0;vertical-align:top"
	case "tally":
		return "padding:3px 8px 3px 0;border-top:1px solid #e7e3dc;text-align:left;font-weight:400;vertical-align:top"
	case "tallied":
		return "padding:3px 0;border-top:1px solid #e7e3dc;text-align:right;vertical-align:top;font-variant-numeric:tabular-nums"
	}
	return ""
}
