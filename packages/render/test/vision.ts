import { distance, toOklab, type Rgb } from '../src/oklab.js'

/** Machado, Oliveira & Fernandes 2009, severity 1: what linear RGB looks like without one kind of cone. */
const deficiencies = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1]
} as const

export type Vision = keyof typeof deficiencies
export const visions = Object.keys(deficiencies) as Vision[]

export function seen(vision: Vision, color: Rgb): Rgb {
  const light = color.map((value) => ((value / 255 + 0.055) / 1.055) ** 2.4)
  return [0, 3, 6].map((row) => {
    const value = light.reduce((sum, part, c) => sum + part * deficiencies[vision][row + c]!, 0)
    return Math.round(255 * Math.min(1, Math.max(0, 1.055 * Math.max(0, value) ** (1 / 2.4) - 0.055)))
  }) as unknown as Rgb
}

/** Distance of two colours in OKLab to the vision that tells them apart worst. */
export function leastDistance(a: Rgb, b: Rgb): number {
  return Math.min(...visions.map((vision) => distance(toOklab(seen(vision, a)), toOklab(seen(vision, b)))))
}
