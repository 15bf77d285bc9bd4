import { describe, expect, it } from 'vitest'
import { findPlaces, withoutFolders } from '../src/places.js'

const there =
  (...paths: string[]) =>
  (path: string) =>
    paths.includes(path)

describe('where the peers are', () => {
  it('is beside the repository unless somebody says otherwise', () => {
    const peers = '/w/shared/bench'
    const exists = there(`${peers}/torch_peers.py`, `${peers}/venv/bin/python`)
    const places = findPlaces({}, '/w/repo', exists)
    expect(places.peers).toEqual({ path: peers })
    expect(places.python).toEqual({ path: `${peers}/venv/bin/python` })
    expect(places.jax).toEqual({ missing: 'a Python with jax is not installed (AGON_BENCH_JAX)' })
    expect(places.tfjs).toEqual({ missing: 'tfjs is not installed (AGON_BENCH_TFJS)' })
  })

  it('follows the environment', () => {
    const exists = there('/b/torch_peers.py', '/py', '/t/node_modules/@tensorflow/tfjs-core')
    const environment = { AGON_BENCH: '/b', AGON_BENCH_PYTHON: '/py', AGON_BENCH_JAX: '/none', AGON_BENCH_TFJS: '/t' }
    const places = findPlaces(environment, '/w/repo', exists)
    expect(places.peers).toEqual({ path: '/b' })
    expect(places.python).toEqual({ path: '/py' })
    expect(places.jax).toEqual({ missing: 'AGON_BENCH_JAX: no such file' })
    expect(places.tfjs).toEqual({ path: '/t' })
  })

  it('puts nothing in the place of what was named', () => {
    const exists = there('/w/shared/bench/torch_peers.py')
    expect(findPlaces({ AGON_BENCH: '/gone' }, '/w/repo', exists).peers).toEqual({
      missing: 'AGON_BENCH: no torch_peers.py there'
    })
  })

  it('without the folder, says that of everything in it', () => {
    const places = findPlaces({}, '/w/repo', there())
    expect(places.peers).toEqual({ missing: 'no folder of peers (AGON_BENCH)' })
    expect(places.python).toEqual(places.peers)
    expect(places.jax).toEqual(places.peers)
  })
})

describe('texts for the page', () => {
  it('keep only the last part of a path', () => {
    expect(withoutFolders("'/home/me/data/x.onnx': expected a file")).toBe("'x.onnx': expected a file")
    expect(withoutFolders('models/lenet: 3/4 and n = 1/2')).toBe('models/lenet: 3/4 and n = 1/2')
  })
})
