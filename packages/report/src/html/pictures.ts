import { html } from 'ghtml'
import { smallPng } from './small-png.js'

/** The pictures of a page: each is in it once, however often it is shown. */
export interface Pictures {
  /** Shows a file's picture, at most `side` pixels on its longer side; `alt` is said in its place. */
  show(path: string, side: number, alt: string): string
  /** Size of a file's picture as it is shown, pixels. */
  reference(path: string, side: number): PictureReference
  /** Every picture that was shown, to be put anywhere into the page. */
  definitions(): string
}

export interface PictureReference {
  readonly id: string
  readonly width: number
  readonly height: number
}

/**
 * Pictures that share bytes after reduction share one `<image>`, which SVG `<use>` shows: no script, and no copies when printed. Throws AGON_BAD_FILE,
 * naming the path, for what is no PNG.
 */
export function createPictures(read: (path: string) => Uint8Array): Pictures {
  const byPath = new Map<string, PictureReference>()
  const byData = new Map<string, PictureReference>()
  const reference = (path: string, side: number): PictureReference => {
    const key = `${side} ${path}`
    const known = byPath.get(key)
    if (known) return known
    const { width, height, png } = smallPng(read(path), side, path)
    const data = `data:image/png;base64,${base64(png)}`
    const found = byData.get(data) ?? { id: `picture-${byData.size}`, width, height }
    byData.set(data, found)
    byPath.set(key, found)
    return found
  }
  return {
    reference,
    show(path, side, alt) {
      const { id, width, height } = reference(path, side)
      return html`<svg class="picture" role="img" aria-label="${alt}" viewBox="0 0 ${width} ${height}">
        <use href="#${id}" />
      </svg>`
    },
    definitions() {
      const images = [...byData].map(
        ([data, { id, width, height }]) =>
          html`<image
            id="${id}"
            width="${width}"
            height="${height}"
            href="!${data}"
            !${width < 64 ? ' class="coarse"' : ''}
          /> `
      )
      return html`<svg width="0" height="0" class="pictures" aria-hidden="true"><defs>!${images}</defs></svg>`
    }
  }
}

function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}
