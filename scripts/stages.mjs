// Runs the stages of a check beside each other, and says at the end what each of them took and counted: after a failure and a signal, too.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { root } from './ensure.mjs'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Stages are `{ name, command, after, counts }`: a stage begins when those named in `after` have passed and fewer than `atOnce` run, the first of the
 * list first; lines of its output that match `counts` are repeated in the summary. Every line is printed at once, after its stage's name. When one
 * fails the others are ended. What the stage `last` counted ends the summary, as it printed it. Returns the exit code: that of the failure.
 */
export async function runStages(stages, { atOnce, last }) {
  const begun = Date.now()
  const seconds = () => (Date.now() - begun) / 1000
  const states = stages.map((stage) => ({ ...stage, after: stage.after ?? [], outcome: 'not begun', said: [] }))
  const code = await new Promise((resolve) => {
    const end = (code) => {
      for (const state of states) if (state.outcome === 'running') endGroup(state)
      resolve(code)
    }
    for (const signal of signals) process.once(signal, () => end(128 + constants.signals[signal]))
    const next = () => {
      if (states.every(({ outcome }) => outcome === 'passed')) resolve(0)
      for (const state of states) if (isReady(state, states, atOnce)) start(state, seconds, { next, end })
    }
    next()
  })
  console.log(summary(states, last, code, seconds()))
  return code
}

function isReady({ outcome, after }, states, atOnce) {
  if (outcome !== 'not begun') return false
  if (states.filter((state) => state.outcome === 'running').length >= atOnce) return false
  return after.every((name) => states.find((state) => state.name === name).outcome === 'passed')
}

function start(state, seconds, { next, end }) {
  const { name, command } = state
  const began = seconds()
  console.log(`==> ${name} begins at ${began.toFixed(0)} s`)
  // In a process group of its own, so that what it starts ends with it.
  const child = spawn(command[0], command.slice(1), {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32'
  })
  Object.assign(state, { outcome: 'running', child, seconds: () => seconds() - began })
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => say(state, line))
  child.on('error', ({ message }) => say(state, message))
  child.on('close', (status, signal) => {
    const took = seconds() - began
    if (state.outcome !== 'running') return
    state.seconds = () => took
    const code = status ?? 128 + (constants.signals[signal] ?? 0)
    state.outcome = code === 0 ? 'passed' : `failed with exit code ${code}`
    console.log(`==> ${name} ${state.outcome} after ${took.toFixed(0)} s, at ${seconds().toFixed(0)} s`)
    if (code === 0) next()
    else end(code)
  })
}

function say(state, line) {
  console.log(`${state.name} | ${line}`)
  const plain = stripVTControlCharacters(line)
  if (state.counts?.test(plain)) state.said.push(plain)
}

function endGroup(state) {
  const took = state.seconds()
  Object.assign(state, { outcome: 'ended before it was done', seconds: () => took })
  if (process.platform === 'win32') return state.child.kill()
  try {
    process.kill(-state.child.pid, 'SIGTERM')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error // it has just ended by itself
  }
}

function summary(states, last, code, seconds) {
  const widest = Math.max(...states.map(({ name }) => name.length))
  const lines = states.map((state) => {
    const took = state.seconds ? `${state.seconds().toFixed(1)} s` : '-'
    const counted = state.name === last ? [] : state.said.map((line) => line.trim())
    return `  ${state.name.padEnd(widest)} ${took.padStart(9)}  ${[state.outcome, ...counted].join('; ')}`
  })
  const failed = states.find(({ outcome }) => outcome.startsWith('failed'))
  const verdict = code === 0 ? 'passed' : failed ? `${failed.name} ${failed.outcome}` : `ended with exit code ${code}`
  return [
    '',
    ...lines,
    '',
    `npm test: ${verdict}, after ${seconds.toFixed(0)} s`,
    ...states.find(({ name }) => name === last).said
  ].join('\n')
}
