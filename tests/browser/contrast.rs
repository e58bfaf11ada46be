//! Whether texts can be told from what they stand on, as the browser paints them.

use serde_json::json;
use test_support::serde_json;

use super::hanging::does;
use super::looks::busy;
use super::support::Chat;

#[test]
fn every_text_has_contrast_in_both_themes() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let _people = busy(&chat, &ana);
    does(&ana, "I can bring two wheelbarrows and a spade.", "React");
    ana.page.click("#bar button:nth-child(2)");
    ana.page
        .wait_for("document.querySelector('#log .chip.mine')");
    does(&ana, "Me, from ten on.", "Reply");
    ana.say("From ten it is.");
    // What is on its way is paler for a moment.
    ana.page.wait_for(
        "document.querySelector('#log .quote') && !document.querySelector('#log .pending')",
    );
    does(&ana, "Me, from ten on.", "Reply");
    ana.say("/nosuch");
    ana.page.wait_for_text("There is no command");
    for scheme in ["light", "dark"] {
        ana.page.color_scheme(scheme);
        let pale = ana.page.eval(&format!("(() => {{ {CONTRAST} {PALE} }})()"));
        assert_eq!(pale, json!([]), "{scheme}");
    }
}

#[test]
fn every_box_can_be_told_from_what_it_stands_on_in_both_themes() {
    let chat = Chat::with(&["--unlimited"]);
    let login = chat.at_login("/login");
    let ana = chat.enter("ana");
    let _people = busy(&chat, &ana);
    does(&ana, "Me, from ten on.", "React");
    ana.page.wait_for("document.querySelector('#bar input')");
    // Whatever has the focus has another frame.
    for (person, boxes) in [(&login, 1), (&ana, 3)] {
        person.page.eval("document.activeElement.blur()");
        for scheme in ["light", "dark"] {
            person.page.color_scheme(scheme);
            let frames = person
                .page
                .eval(&format!("(() => {{ {CONTRAST} {FRAMES} }})()"));
            let frames = frames.as_array().expect("a list");
            assert_eq!(frames.len(), boxes, "{frames:?}");
            for frame in frames {
                assert!(frame[0].as_f64() >= Some(3.0), "{frame}, {scheme}");
            }
        }
    }
}

#[test]
fn every_colour_of_a_name_has_contrast_in_both_themes() {
    let chat = Chat::with(&["--unlimited"]);
    let ana = chat.enter("ana");
    let _people = busy(&chat, &ana);
    for scheme in ["light", "dark"] {
        ana.page.color_scheme(scheme);
        let pale = ana
            .page
            .eval(&format!("(() => {{ {CONTRAST} {PALE_HUES} }})()"));
        assert_eq!(pale, json!([]), "{scheme}");
    }
}

/// The ratio of WCAG 2.2, 1.4.3: every ground from the window up to the element is painted on one
/// pixel, then the text's colour over it.
const CONTRAST: &str = "
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const paint = (color, alpha = 1) => {
        Object.assign(context, { fillStyle: color, globalAlpha: alpha }).fillRect(0, 0, 1, 1);
        const linear = [...context.getImageData(0, 0, 1, 1).data].map(byte => byte / 255)
            .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const contrast = (one, color = getComputedStyle(one).color) => {
        const styles = [];
        for (let node = one; node; node = node.parentElement) styles.unshift(getComputedStyle(node));
        let ground = paint('white');
        for (const { backgroundColor } of styles) ground = paint(backgroundColor);
        const text = paint(color, styles.reduce((all, { opacity }) => all * opacity, 1));
        const [dark, light] = [ground, text].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    };";

/// The texts with less than 4.5 to 1, but for ornaments, and for what is not there
/// until the mouse is.
const PALE: &str = "
    const speaks = one => [...one.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim());
    return [...document.querySelectorAll('body *')]
        .filter(one => speaks(one) && !one.ariaHidden && one.checkVisibility({ opacityProperty: true }))
        .map(one => [contrast(one), one.className || one.id || one.localName, one.textContent.slice(0, 30)])
        .filter(([ratio]) => ratio < 4.5);";

/// What is typed into, with the contrast of its frame to what is around and what is within, whichever
/// is less. WCAG 2.2, 1.4.11.
const FRAMES: &str = "
    const frame = one => {
        const { borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(one);
        const color = borderTopWidth === '0px' ? backgroundColor : borderTopColor;
        return [Math.min(...[one, one.parentNode].map(ground => contrast(ground, color))), one.id || one.ariaLabel];
    };
    return [...document.querySelectorAll('input:not([type=hidden], [type=checkbox]), form:has(textarea)')]
        .filter(one => one.checkVisibility()).map(frame);";

const PALE_HUES: &str = "
    const found = [], places = '.lead .author, .mention .author, #people .nick, #me .nick, .lead .avatar';
    for (const one of document.querySelectorAll(places)) for (let hue = 0; hue < 360; hue += 5) {
        one.style.setProperty('--hue', hue);
        const ratio = contrast(one);
        if (ratio < 4.5) found.push([ratio, hue, one.className]);
    }
    return found;";
