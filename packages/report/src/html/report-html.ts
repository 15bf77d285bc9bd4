import { html } from 'ghtml'
import { assertReport } from '../assert-report.js'
import type { Report } from '../report.js'
import { checkSection } from './check-section.js'
import { inputsSection, mapsSection } from './inputs-section.js'
import { masthead, titleOf, type Section } from './masthead.js'
import { metricsSection } from './metrics-section.js'
import { pageFacts, type PageFacts } from './page-facts.js'
import { createPictures } from './pictures.js'
import { figuresSection, reproduceSection } from './reproduce-section.js'
import { script, scriptHash } from './script.js'
import { style } from './style.js'
import { turfSection } from './turf-section.js'
import { verdictsSection } from './verdicts-section.js'

export interface ReportHtmlOptions {
  /** The bytes of a picture (PNG) that the report names. */
  readonly pictures: (path: string) => Uint8Array
}

/**
 * The whole report as one page that needs nothing else: pictures, charts, style and script are inside, and its policy forbids it to load anything. Every text
 * of the report is escaped. Throws AGON_BAD_FILE for a report that contradicts itself and for pictures that are none.
 */
export function reportHtml(report: Report, options: ReportHtmlOptions): string {
  assertReport(report, 'report')
  const facts = pageFacts(report, createPictures(options.pictures))
  const sections = sectionsOf(facts)
  const body = sections.map(
    ({ id, title, content }) =>
      html`<section aria-labelledby="${id}">
        <h2 id="${id}" tabindex="-1">${title}</h2>
        !${content}
      </section> `
  )
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '${scriptHash}'; base-uri 'none'; form-action 'none'`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="!${policy}" />
        <meta name="color-scheme" content="light dark" />
        <title>!${titleOf(report)}</title>
        !${`<style>${style}</style>`}
      </head>
      <body>
        <a class="skip" href="#verdicts">Skip to the verdicts</a>
        !${masthead(report, sections)}
        <main>!${body}</main>
        <footer class="colophon">Made by Agon ${report.run.versions['agon'] ?? ''}. Plots: Observable Plot.</footer>
        !${facts.pictures.definitions()} !${`<script>${script}</script>`}
      </body>
    </html> `
}

/** Sections that have nothing to say are left out. */
function sectionsOf(facts: PageFacts): Section[] {
  const { report } = facts
  const section = (id: string, title: string, present: boolean, content: () => string): Section[] =>
    present ? [{ id, title, content: content() }] : []
  return [
    ...section('inputs', 'Inputs', true, () => inputsSection(facts)),
    ...section('verdicts', 'Verdicts', true, () => verdictsSection(report)),
    ...section('maps', 'Maps', report.maps.length > 0, () => mapsSection(facts)),
    ...report.checks.flatMap((check, k) =>
      section(`check-${k}`, `Check: ${check.name}`, true, () => checkSection(facts, check))
    ),
    ...section('metrics', 'Metrics', report.metrics.length > 0, () => metricsSection(report)),
    ...section('turf', 'Turf', report.turfs.length > 0, () => turfSection(facts)),
    ...section('figures', 'What the figures are', true, () => figuresSection(report)),
    ...section('reproduce', 'To make this run again', true, () => reproduceSection(report))
  ]
}
