import { asRgba, encodePng, heatmap, mapTitle, overlay, photoOf, saliencyMap, sheet } from 'agon'

/** The picture, its map and the map over the picture, small enough for a page: bytes of a PNG file. */
export function drawn(explanation) {
  const map = saliencyMap(explanation.attribution)
  const photo = photoOf(explanation, 0)
  return encodePng(
    sheet(
      [
        { title: explanation.targetName[0], picture: asRgba(photo) },
        { title: mapTitle(explanation, 0), picture: heatmap(map) },
        { title: 'laid over', picture: overlay(photo, map) }
      ],
      { minimum: 160 }
    )
  )
}
