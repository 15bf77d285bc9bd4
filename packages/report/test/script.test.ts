import { describe, expect, it } from 'vitest'
import { script } from '../src/html/script.js'
import { madeUpReport } from './made-up.js'
import { pageOf, parsed } from './page.js'

const { page } = pageOf(madeUpReport())

/** The page with its script run in it, with as much of a browser as it asks for. */
function running(storage: Record<string, string> = {}) {
  const document = parsed(page)
  const listeners = new Map<string, () => void>()
  const local = {
    getItem: (key: string) => storage[key] ?? null,
    setItem: (key: string, value: string) => void (storage[key] = value)
  }
  const run = new Function('document', 'localStorage', 'addEventListener', script)
  run(document, local, (name: string, listener: () => void) => void listeners.set(name, listener))
  const stage = document.querySelector('.stage')!
  Object.assign(stage, { getBoundingClientRect: () => ({ left: 10, top: 20, width: 240, height: 240 }) })
  const view = document.defaultView!
  const fire = (name: string, facts: object = {}): { readonly defaultPrevented: boolean } => {
    const event = Object.assign(new view.Event(name, { cancelable: true }), facts)
    stage.dispatchEvent(event)
    return event
  }
  const read = (): string => document.querySelector('.readout')!.textContent
  return { document, storage, listeners, fire, read }
}

describe('a turf', () => {
  it('tells owner, value, margin and ranked labels under the pointer', () => {
    const { fire, read, document } = running()
    fire('pointermove', { clientX: 10 + 35, clientY: 20 + 5 })
    const value = 0.5 + 3 / 576
    expect(read()).toContain('golden retriever')
    expect(read()).toContain('pixel 3, 0')
    expect(read()).toContain(`value ${Number(value.toPrecision(3))}, leads by ${Number((value / 2).toPrecision(3))}`)
    expect([...document.querySelectorAll('.readout li')].map((each) => each.textContent)).toEqual([
      'golden retriever',
      'Labrador <b>retriever</b>',
      'Chihuahua'
    ])
    expect(document.querySelectorAll('.readout b')).toHaveLength(0)
    expect(document.querySelector('.cursor')!.getAttribute('x')).toBe('3')
  })

  it('follows the arrow keys, further with Shift, and stops at the edges', () => {
    const { fire, read } = running()
    fire('focus')
    expect(read()).toContain('pixel 12, 12')
    expect(fire('keydown', { key: 'ArrowLeft' }).defaultPrevented).toBe(true)
    fire('keydown', { key: 'ArrowUp', shiftKey: true })
    expect(read()).toContain('pixel 11, 10')
    for (let k = 0; k < 30; k++) fire('keydown', { key: 'ArrowRight' })
    expect(read()).toContain('pixel 23, 10')
    expect(read()).toMatch(/^Nobody/)
    expect(fire('keydown', { key: 'Tab' }).defaultPrevented).toBe(false)
    expect(fire('keydown', { key: 'ArrowLeft', altKey: true }).defaultPrevented).toBe(false)
    expect(read()).toContain('pixel 23, 10')
  })
})

describe('the theme', () => {
  it('goes from automatic to light to dark, and is kept', () => {
    const { document, storage } = running()
    const button = document.getElementById('theme')!
    const seen = [0, 1, 2, 3].map(() => {
      const now = `${document.documentElement.style.colorScheme}; ${button.textContent}`
      button.dispatchEvent(new document.defaultView!.Event('click'))
      return now
    })
    expect(seen).toEqual([
      'light dark; Theme: automatic',
      'light; Theme: light',
      'dark; Theme: dark',
      'light dark; Theme: automatic'
    ])
    expect(running({ ...storage }).document.documentElement.style.colorScheme).toBe('light')
    expect(running({ 'agon-theme': 'url(x)' }).document.documentElement.style.colorScheme).toBe('light dark')
    expect(button.hasAttribute('hidden')).toBe(false)
  })
})

describe('printing', () => {
  it('opens all details, and closes those that were', () => {
    const { document, listeners } = running()
    const all = [...document.querySelectorAll('details')]
    all[0]!.setAttribute('open', '')
    listeners.get('beforeprint')!()
    expect(all.slice(1).every(({ open }) => open)).toBe(true)
    listeners.get('afterprint')!()
    expect(all.slice(1).some(({ open }) => open)).toBe(false)
    expect(all[0]!.hasAttribute('open')).toBe(true)
  })
})
