/**
 * The page's one script: the theme button, turfs that tell what is under a pointer or the keyboard's cursor, and details that open for printing. All of it is
 * an addition: without it the page shows everything but single pixels of a turf.
 */
export const script = `
'use strict';
const root = document.documentElement;
const themes = ['light dark', 'light', 'dark'];
const names = { 'light dark': 'automatic', light: 'light', dark: 'dark' };
const button = document.getElementById('theme');
function setTheme(theme) {
  root.style.colorScheme = theme;
  button.textContent = 'Theme: ' + names[theme];
  try { localStorage.setItem('agon-theme', theme); } catch { /* a page without storage forgets */ }
}
let stored = null;
try { stored = localStorage.getItem('agon-theme'); } catch { /* as above */ }
let theme = themes.includes(stored) ? stored : themes[0];
setTheme(theme);
button.hidden = false;
button.addEventListener('click', () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  setTheme(theme);
});

const opened = new Set();
addEventListener('beforeprint', () => {
  for (const each of document.querySelectorAll('details:not([open])')) { each.open = true; opened.add(each); }
});
addEventListener('afterprint', () => {
  for (const each of opened) each.open = false;
  opened.clear();
});

function numbers(text, Kind) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const size = Kind.BYTES_PER_ELEMENT;
  const read = Kind === Float32Array ? (at) => view.getFloat32(at, true) : (at) => view.getInt16(at, true);
  return Kind.from({ length: bytes.length / size }, (_, k) => read(k * size));
}
function short(value) {
  const size = Math.abs(value);
  return (size === 0 || (size >= 0.001 && size < 10000) ? String(Number(value.toPrecision(3))) : value.toExponential(2)).replace('-', '\\u2212');
}
function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
for (const figure of document.querySelectorAll('.turf')) {
  const facts = JSON.parse(figure.querySelector('script').textContent);
  const { width, height, owners, ranked, names } = facts;
  const owner = numbers(facts.owner, Int16Array);
  const value = numbers(facts.value, Float32Array);
  const margin = numbers(facts.margin, Float32Array);
  const ranking = numbers(facts.ranking, Int16Array);
  const stage = figure.querySelector('.stage');
  const readout = figure.querySelector('.readout');
  const cursors = figure.querySelectorAll('.cursor');
  let x = Math.floor(width / 2);
  let y = Math.floor(height / 2);
  const nameOf = (label) => names[label] ?? 'label ' + label;
  const show = () => {
    const p = y * width + x;
    const own = owners[owner[p]];
    readout.replaceChildren(
      element('strong', own ? own.name : 'Nobody'),
      element('div', 'pixel ' + x + ', ' + y),
      element('div', own ? 'value ' + short(value[p]) + ', leads by ' + short(margin[p]) : 'no label has a positive value that no other reaches')
    );
    if (ranked > 0) {
      const list = document.createElement('ol');
      for (let k = 0; k < ranked; k++) {
        const label = ranking[p * ranked + k];
        if (label >= 0) list.append(element('li', nameOf(label)));
      }
      if (list.childElementCount > 0) readout.append(element('div', 'Ranked here, of the labels with the largest logits:'), list);
    }
    for (const cursor of cursors) {
      cursor.setAttribute('x', x);
      cursor.setAttribute('y', y);
      cursor.removeAttribute('visibility');
    }
  };
  const moveTo = (toX, toY) => {
    x = Math.min(width - 1, Math.max(0, toX));
    y = Math.min(height - 1, Math.max(0, toY));
    show();
  };
  const point = (event) => {
    const box = stage.getBoundingClientRect();
    moveTo(Math.floor(((event.clientX - box.left) / box.width) * width), Math.floor(((event.clientY - box.top) / box.height) * height));
  };
  stage.addEventListener('pointermove', point);
  stage.addEventListener('pointerdown', point);
  stage.addEventListener('focus', show);
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  stage.addEventListener('keydown', (event) => {
    const way = ways[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const far = event.shiftKey ? Math.max(1, Math.round(width / 16)) : 1;
    moveTo(x + way[0] * far, y + way[1] * far);
  });
}
`

/** SHA-256 of the script as its policy names it: the page runs this script and no other. A test computes it. */
export const scriptHash = 'sha256-5WxvQb+Co+H95D4Seu7OAe47qhtwJC3PjB/Llcq/bFE='
