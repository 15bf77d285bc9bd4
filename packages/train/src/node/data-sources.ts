/** One file of a data set. */
export interface PinnedFile {
  /** Of the uncompressed file. */
  readonly name: string
  /** Of the uncompressed file, in bytes. */
  readonly size: number
  /** SHA-256 of the uncompressed file, hexadecimal. */
  readonly sha256: string
}

/** A data set that can be fetched. */
export interface DataSource {
  readonly name: DataSetName
  readonly classes: readonly string[]
  readonly files: Readonly<Record<Part, PinnedFile>>
  /** Who made it and under which licence; printed, and written beside the files. */
  readonly notice: string
}

export type DataSetName = 'mnist' | 'fashion-mnist'

export type Part = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels'

const names: Readonly<Record<Part, readonly [name: string, size: number]>> = {
  trainImages: ['train-images-idx3-ubyte', 47040016],
  trainLabels: ['train-labels-idx1-ubyte', 60008],
  testImages: ['t10k-images-idx3-ubyte', 7840016],
  testLabels: ['t10k-labels-idx1-ubyte', 10008]
}

/** Both data sets have files of these names and sizes. */
function pinned(sha256: Readonly<Record<Part, string>>): DataSource['files'] {
  const entries = (Object.keys(names) as Part[]).map((part) => {
    const [name, size] = names[part]
    return [part, { name, size, sha256: sha256[part] }]
  })
  return Object.fromEntries(entries) as DataSource['files']
}

const mnist: DataSource = {
  name: 'mnist',
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  files: pinned({
    trainImages: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    trainLabels: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    testImages: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    testLabels: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2'
  }),
  notice: `MNIST: 70,000 handwritten digits, 28 x 28.
Yann LeCun, Corinna Cortes and Christopher J. C. Burges hold the copyright of the MNIST data set, which is derived from NIST
databases. It is available under the Creative Commons Attribution-ShareAlike 3.0 licence,
https://creativecommons.org/licenses/by-sa/3.0/. Whoever passes it on, or a work made from it, does so under that licence.
`
}

const fashion: DataSource = {
  name: 'fashion-mnist',
  classes: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  files: pinned({
    trainImages: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    trainLabels: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    testImages: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    testLabels: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34'
  }),
  notice: `Fashion-MNIST: 70,000 pictures of garments, 28 x 28.
Copyright (c) 2017 Zalando SE, https://tech.zalando.com. Available under the MIT licence,
https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE. Han Xiao, Kashif Rasul, Roland Vollgraf: "Fashion-MNIST: a
Novel Image Dataset for Benchmarking Machine Learning Algorithms", arXiv 1708.07747.
`
}

/** Every data set that `fetchDataSet` knows. */
export const dataSources: readonly DataSource[] = [mnist, fashion]
