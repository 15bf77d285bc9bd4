import { parseHTML } from 'linkedom'
import { reportHtml } from '../src/html/report-html.js'
import type { Report } from '../src/index.js'
import { madeUpPictures } from './made-up.js'

/** As much of a document as the tests ask for: the workspace is checked without the types of a browser. */
export interface Element {
  readonly id: string
  readonly tagName: string
  readonly textContent: string
  readonly outerHTML: string
  readonly children: readonly Element[]
  readonly parentElement: Element | null
  readonly firstElementChild: Element | null
  readonly style: { readonly colorScheme: string }
  open?: boolean
  getAttribute(name: string): string | null
  setAttribute(name: string, value: string): void
  hasAttribute(name: string): boolean
  closest(selector: string): Element | null
  querySelector(selector: string): Element | null
  querySelectorAll(selector: string): Iterable<Element> & { readonly length: number }
  dispatchEvent(event: object): boolean
}

export interface Document extends Pick<Element, 'querySelector' | 'querySelectorAll'> {
  readonly title: string
  readonly body: Element
  readonly documentElement: Element
  readonly defaultView: {
    readonly Event: new (name: string, options?: object) => { readonly defaultPrevented: boolean }
  }
  getElementById(id: string): Element | null
}

/** The page of a report and its document. */
export function pageOf(report: Report): { readonly page: string; readonly document: Document } {
  const page = reportHtml(report, { pictures: madeUpPictures() })
  return { page, document: parsed(page) }
}

export function parsed(page: string): Document {
  return parseHTML(page).document as unknown as Document
}

/** Text of the elements that a selector finds, spaces as one. */
export function texts(document: Document, selector: string): string[] {
  return [...document.querySelectorAll(selector)].map((each) => each.textContent.replace(/\s+/g, ' ').trim())
}

/** A document of a section alone. */
export function partOf(markup: string): Document {
  return parsed(`<!doctype html><html><body>${markup}</body></html>`)
}
