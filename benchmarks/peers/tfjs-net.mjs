/** A model as a function of tfjs, for the operators of small picture classifiers; weights and picture in NHWC, as tfjs has them. */
export function netOf(tf, model) {
  const weights = new Map()
  for (const [name, { shape, data }] of model.constants) {
    if (data instanceof Float32Array) weights.set(name, weightOf(tf, tf.tensor(data, shape)))
  }
  return (input) => {
    const values = new Map([...weights, [model.inputs[0].name, input]])
    for (const node of model.nodes)
      values.set(
        node.outputs[0],
        apply(
          tf,
          node,
          node.inputs.map((name) => values.get(name))
        )
      )
    return values.get(model.outputs[0].name)
  }
}

/** [out, in, h, w] -> [h, w, in, out]; matrices and vectors as they are. */
function weightOf(tf, weight) {
  return weight.rank === 4 ? tf.transpose(weight, [2, 3, 1, 0]) : weight
}

const operators = {
  Conv: (tf, [x, weight, bias], { pads, strides, dilations, group }) => {
    expect('Conv', group === 1 && same(pads) && same(strides) && same(dilations))
    const y = tf.conv2d(x, weight, strides[0], pads[0], 'NHWC', dilations[0])
    return bias === undefined ? y : tf.add(y, bias)
  },
  Relu: (tf, [x]) => tf.relu(x),
  MaxPool: (tf, [x], { kernel_shape: kernel, strides, pads, ceil_mode: ceil = 0 }) => {
    expect('MaxPool', ceil === 0 && pads.every((pad) => pad === 0))
    return tf.maxPool(x, kernel, strides, 'valid')
  },
  Reshape: (tf, [x]) => {
    expect('Reshape', x.rank === 4)
    return tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [x.shape[0], -1])
  },
  Gemm: (tf, [x, weight, bias], { transA = 0, transB = 0, alpha = 1, beta = 1 }) => {
    expect('Gemm', transA === 0 && alpha === 1 && beta === 1)
    return tf.add(tf.matMul(x, weight, false, transB === 1), bias)
  }
}

function apply(tf, { op, attributes }, inputs) {
  if (!(op in operators)) throw new Error(`tfjs net: no operator ${op}`)
  return operators[op](tf, inputs, attributes)
}

function expect(op, fine) {
  if (!fine) throw new Error(`tfjs net: a form of ${op} that is not known`)
}

function same(values) {
  return values.every((value) => value === values[0])
}
