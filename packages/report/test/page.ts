import { parseHTML } from 'linkedom'
import { reportHtml } from '../src/html/report-html.js'
import type { Report } from '../src/index.js'
import { madeUpPictures } from './made-up.js'

/** The page of a report and its document. */
export function pageOf(report: Report): { readonly page: string; readonly document: Document } {
  const page = reportHtml(report, { pictures: madeUpPictures() })
  return { page, document: parseHTML(page).document }
}

/** Text of the elements that a selector finds, spaces as one. */
export function texts(document: Document, selector: string): string[] {
  return [...document.querySelectorAll(selector)].map((each) => each.textContent.replace(/\s+/g, ' ').trim())
}
