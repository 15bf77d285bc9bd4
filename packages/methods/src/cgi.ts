import { defineCompetitive } from '@agon/core'
import { gradientTimesInput } from './gradient-times-input.js'

/**
 * CGI, Competitive Gradient (.) Input (Gupta & Arora 2019, arXiv 1905.12152): competition among all labels over their
 * gradient (.) input maps. Options: those of `competitive` and of `gradientTimesInput`.
 */
export const cgi = defineCompetitive('cgi', gradientTimesInput)
