import type { Criterion, Direction, Score } from '@agon/core'

/**
 * Everything that a run of checks found, as `report.json` holds it: plain data, in which pictures are files beside it. Numbers that could not be had are
 * absent, never null or NaN.
 */
export interface Report {
  readonly format: 'agon-report-1'
  readonly run: RunFacts
  readonly model: ModelFacts
  readonly inputs: readonly ReportInput[]
  /** Methods asked for, then the controls. */
  readonly methods: readonly ReportMethod[]
  readonly similarities: readonly MeasureFacts[]
  readonly checks: readonly ReportCheck[]
  readonly metrics: readonly MeasureFacts[]
  readonly maps: readonly BaseMap[]
  readonly cells: readonly Cell[]
  readonly scores: readonly ScoreCell[]
  readonly verdicts: readonly Verdict[]
  readonly turfs: readonly TurfFacts[]
}

/** What is needed to make the run again. */
export interface RunFacts {
  /** ISO 8601, of the first start. */
  readonly date: string
  /** The command, with paths as they were given. */
  readonly command?: string
  readonly versions: Readonly<Record<string, string>>
  readonly engine: string
  readonly seed: number
  readonly options: Readonly<Record<string, unknown>>
  /** Wall seconds over all sittings. */
  readonly seconds: number
  /** What was left out for want of time, in sentences. */
  readonly unfinished: readonly string[]
}

export interface ModelFacts {
  /** What the page calls it: by its file, where that is known. */
  readonly name: string
  /** What the graph in the file calls itself, where that is not the name. */
  readonly graph?: string
  readonly sha256: string
  readonly labels: number
  readonly preprocess?: string
}

export interface ReportInput {
  readonly name: string
  readonly sha256: string
  /** Path of a PNG, relative to the report's folder. */
  readonly picture?: string
  readonly target: number
  readonly targetName?: string
  readonly logit: number
  readonly probability: number
}

export interface ReportMethod {
  /** Unique here: the method's name, with options where two differ by them only. */
  readonly name: string
  readonly role: 'method' | 'control'
  readonly competitive: boolean
  readonly cite?: string
  readonly options?: Readonly<Record<string, unknown>>
  /** Of a competitive method the name of the control that thins its base to the same kept share. */
  readonly thinned?: string
}

/** A similarity, a figure or a metric. */
export interface MeasureFacts {
  readonly name: string
  readonly cite: string
  readonly formula?: string
  readonly direction?: Direction
  /** Of a similarity: the value of a map and itself, at which its curves start. */
  readonly same?: number
  readonly options?: Readonly<Record<string, unknown>>
}

export interface ReportCheck {
  readonly name: string
  readonly cite: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly steps: readonly { readonly name: string; readonly layers: readonly string[] }[]
  readonly draws: number
  readonly criterion: Criterion
  /** Of the check's own; else the similarities'. */
  readonly figures?: readonly MeasureFacts[]
  /** What was found on the way, in sentences: accuracies of the nets that were trained, ... */
  readonly notes?: readonly string[]
}

/** The map of the unchanged model: step 0 of every check. */
export interface BaseMap {
  readonly method: string
  readonly input: string
  readonly picture: string
  /** Share of elements that are not 0. */
  readonly kept: number
  readonly notes: readonly string[]
}

/** One trial's map beside the unchanged one. */
export interface Cell {
  readonly check: string
  readonly method: string
  readonly input: string
  /** From 1. */
  readonly step: number
  /** From 0. */
  readonly draw: number
  /** By name of figure or similarity, a normalisation in brackets: `spearman`, `spearman(abs)`. */
  readonly figures: Readonly<Record<string, number>>
  /** Of draw 0. */
  readonly picture?: string
  readonly kept: number
  /** The label that was explained. */
  readonly target: number
}

export interface ScoreCell extends Score {
  readonly metric: string
  readonly method: string
  readonly input: string
}

export interface Verdict {
  readonly check: string
  readonly method: string
  readonly criterion: Criterion
  /** Mean over draws and inputs at the criterion's step; of sizes where the criterion says so. */
  readonly value: number
  /** Standard deviation over draws and inputs, and how many there were. */
  readonly spread: number
  readonly samples: number
  readonly outcome: 'passes' | 'fails' | 'cannot tell'
  /** One sentence. */
  readonly because: string
  /** The same figure of the controls. */
  readonly controls: readonly { readonly method: string; readonly value: number; readonly spread: number }[]
  /** A faithfulness figure, without which no similarity speaks for a method. */
  readonly faithfulness?: {
    readonly metric: string
    readonly value: number
    readonly spread: number
    /** That of the random map. */
    readonly random?: number
  }
}

/** A contest of all labels for one picture, small enough to be looked at by hovering. */
export interface TurfFacts {
  readonly input: string
  /** The base method whose maps compete. */
  readonly base: string
  readonly picture: string
  readonly width: number
  readonly height: number
  /** Labels that own pixels, the largest territory first. */
  readonly owners: readonly {
    readonly label: number
    readonly name?: string
    readonly share: number
    readonly color: string
  }[]
  /** Per pixel, row by row, base64 of little-endian int16: index into `owners`, -1 where nobody does. */
  readonly owner: string
  /** Per pixel, base64 of little-endian float32: the owner's value, and its lead over the next label. */
  readonly value: string
  readonly margin: string
  /** Per pixel, base64 of little-endian int16: the labels that rank first there among those of the largest logits, `ranked` of them. */
  readonly ranked: number
  readonly ranking: string
  /** Names of the labels of `ranking`, by label. */
  readonly names?: Readonly<Record<string, string>>
}
