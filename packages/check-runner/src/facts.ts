import type { Report, ReportCheck, ReportMethod, RunFacts, MeasureFacts } from '@agon/report'
import type { Metric } from '@agon/core'
import type { Matrix, MatrixCheck, MatrixMethod, NamedFigure } from './matrix.js'
import { recorded } from './recorded.js'

/** What is known of a run before it starts: the parts of its report that no result goes into. Plain data, the head of the journal. */
export interface Facts extends Pick<Report, 'model' | 'methods' | 'similarities' | 'checks' | 'metrics'> {
  readonly run: Omit<RunFacts, 'seconds' | 'unfinished'>
  readonly inputs: readonly { readonly name: string; readonly sha256: string }[]
  /** Whether every input gets a turf. */
  readonly turfs: boolean
}

/** Where and when a run takes place, beside what it goes through. */
export interface Circumstances {
  readonly date: string
  readonly command?: string
  readonly versions: Readonly<Record<string, string>>
  readonly engine: string
}

/** The facts of a run of this matrix. */
export function factsOf(matrix: Matrix, { date, command, versions, engine }: Circumstances): Facts {
  const { model, modelName, modelHash, preprocess, inputs, target, labels, seed, options, turf } = matrix
  return {
    run: {
      date,
      ...(command !== undefined && { command }),
      versions,
      engine,
      seed,
      options: recorded({ target, labels, ...(turf && { turf }), ...options })
    },
    model: {
      name: modelName ?? model.name,
      ...(modelName !== undefined && { graph: model.name }),
      sha256: modelHash,
      labels: labelCount(matrix),
      ...(preprocess !== undefined && { preprocess })
    },
    inputs: inputs.map(({ name, sha256 }) => ({ name, sha256 })),
    methods: matrix.methods.map(methodFacts),
    similarities: matrix.figures.map(figureFacts),
    checks: matrix.checks.map(checkFacts),
    metrics: matrix.metrics.map(metricFacts),
    turfs: turf !== undefined
  }
}

/** Named labels, or the extent that the model declares; 0 where it declares none. */
function labelCount({ model }: Matrix): number {
  const declared = model.outputs[0]?.shape.slice(1) ?? []
  const size = declared.reduce<number>((all, extent) => all * (typeof extent === 'number' ? extent : 0), 1)
  return model.labels?.length ?? (declared.length === 0 ? 0 : size)
}

function methodFacts({ name, role, competitive, method, thinned }: MatrixMethod): ReportMethod {
  return {
    name,
    role,
    competitive,
    ...(method.cite !== undefined && { cite: method.cite }),
    ...(method.options && { options: recorded(method.options) }),
    ...(thinned !== undefined && { thinned })
  }
}

function checkFacts({ check, steps }: MatrixCheck): ReportCheck {
  return {
    name: check.name,
    cite: check.cite,
    ...(check.options && { options: recorded(check.options) }),
    steps: steps.map(({ name, layers }) => ({ name, layers })),
    draws: check.draws,
    criterion: check.criterion,
    ...(check.figures && { figures: check.figures.map(figureFacts) })
  }
}

function figureFacts({ name, cite, formula, direction, same }: NamedFigure): MeasureFacts {
  return {
    name,
    cite,
    ...(formula !== undefined && { formula }),
    ...(direction !== undefined && { direction }),
    ...(same !== undefined && Number.isFinite(same) && { same })
  }
}

function metricFacts({ name, cite, formula, direction, options }: Metric): MeasureFacts {
  return {
    name,
    cite,
    direction,
    ...(formula !== undefined && { formula }),
    ...(options && { options: recorded(options) })
  }
}
