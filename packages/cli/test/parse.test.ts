import { describe, expect, it } from 'vitest'
import { parseChoice, parseChoices } from '../src/parse/choices.js'
import { parseContestants, parseTarget } from '../src/parse/labels.js'
import { parseMethodOptions } from '../src/parse/method-options.js'
import { parseMemory, parseWhole } from '../src/parse/numbers.js'

describe('--memory', () => {
  it.each([
    ['512MiB', 512 * 2 ** 20],
    ['1GiB', 2 ** 30],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['1GB', 1e9],
    ['64 kib', 65536],
    ['1000', 1000],
    ['12b', 12]
  ])('reads %s as %d bytes', (text, bytes) => expect(parseMemory(text)).toBe(bytes))

  it.each(['', '0', '-1', '1 XB', 'MiB', '1e9', '0.4', '99999999999999999999GiB'])('refuses %j', (text) => {
    expect(() => parseMemory(text)).toThrow(/--memory: expected bytes, such as 512MiB/)
  })
})

describe('whole numbers', () => {
  it('are read within their range', () => expect(parseWhole('--threads', '8', 1, 1024)).toBe(8))
  it.each(['0', '1025', '1.5', '-1', 'four', '', '0x10'])('refuses %j', (text) => {
    expect(() => parseWhole('--threads', text, 1, 1024)).toThrow('a whole number from 1 to 1024')
  })
})

describe('--target and --labels', () => {
  it('tells indices from names', () => {
    expect(parseTarget('top')).toBe('top')
    expect(parseTarget('281')).toBe(281)
    expect(parseTarget('tiger cat')).toBe('tiger cat')
  })

  it('keeps a name with a comma whole where one label is meant', () => {
    expect(parseTarget('tench, Tinca tinca')).toBe('tench, Tinca tinca')
  })

  it('reads every form of competitors', () => {
    expect(parseContestants('all')).toBe('all')
    expect(parseContestants('top:20')).toEqual({ top: 20 })
    expect(parseContestants('sample:3')).toEqual({ sample: 3 })
    expect(parseContestants('1, 2,Coat')).toEqual([1, 2, 'Coat'])
  })

  it.each(['', '1,,2', 'top:', 'top:0', 'top:x'])('refuses %j', (text) => {
    expect(() => parseContestants(text)).toThrow(/--labels/)
  })
})

describe('choices', () => {
  it('names what is nearest', () => {
    expect(() => parseChoice('--ties', 'kepp', ['lose', 'keep'])).toThrow("Did you mean 'keep'?")
  })
  it('refuses one twice', () => {
    expect(parseChoices('--format', 'png, json', ['png', 'npy', 'json'])).toEqual(['png', 'json'])
    expect(() => parseChoices('--format', 'png,png', ['png', 'npy', 'json'])).toThrow("'png' twice")
  })
})

describe('--option', () => {
  it.each([
    ['steps=20', { steps: 20 }],
    ['noise=1.5e-3', { noise: 0.0015 }],
    ['baseline=-.5', { baseline: -0.5 }],
    ['keep=true', { keep: true }],
    ['keep=false', { keep: false }],
    ['quadrature=midpoint', { quadrature: 'midpoint' }],
    [' a = b=c ', { a: 'b=c' }],
    ['a=', { a: '' }],
    ['a=0x10', { a: '0x10' }],
    ['a=Infinity', { a: 'Infinity' }],
    ['a=True', { a: 'True' }]
  ])('reads %j', (text, options) => expect(parseMethodOptions([text])).toEqual(options))

  it('may be repeated, each name once', () => {
    expect(parseMethodOptions(['a=1', 'b=x'])).toEqual({ a: 1, b: 'x' })
    expect(parseMethodOptions()).toEqual({})
    expect(() => parseMethodOptions(['a=1', 'a=1'])).toThrow("'a' twice")
  })

  it.each(['', '=', '=1', ' =1', 'steps'])('refuses %j', (text) => {
    expect(() => parseMethodOptions([text])).toThrow(/--option: expected name=value/)
  })
})
