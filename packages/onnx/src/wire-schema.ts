/**
 * Kinds of protobuf fields: a whole number, bytes, a float, lists of whole numbers, floats and doubles (packed or one by one), or
 * the name of a message.
 */
export type FieldKind = 'int' | 'bytes' | 'float' | 'ints' | 'floats' | 'doubles' | MessageName

export type MessageName =
  | 'Model'
  | 'Opset'
  | 'Entry'
  | 'Training'
  | 'Function'
  | 'Graph'
  | 'Annotation'
  | 'Node'
  | 'Attribute'
  | 'Tensor'
  | 'Segment'
  | 'Sparse'
  | 'Value'
  | 'Type'
  | 'TensorType'
  | 'InnerType'
  | 'MapType'
  | 'Shape'
  | 'Extent'

export type Fields = Readonly<Record<number, FieldKind>>

/** The messages of onnx.proto (ONNX 1.10, which the decoder is made from): kinds by field number. */
export const messages: Readonly<Record<MessageName, Fields>> = {
  Model: {
    ...{ 1: 'int', 2: 'bytes', 3: 'bytes', 4: 'bytes', 5: 'int', 6: 'bytes', 7: 'Graph', 8: 'Opset' },
    ...{ 14: 'Entry', 20: 'Training', 25: 'Function' }
  },
  Opset: { 1: 'bytes', 2: 'int' },
  Entry: { 1: 'bytes', 2: 'bytes' },
  Training: { 1: 'Graph', 2: 'Graph', 3: 'Entry', 4: 'Entry' },
  // 11 is newer: the default attributes
  Function: {
    ...{
      1: 'bytes',
      4: 'bytes',
      5: 'bytes',
      6: 'bytes',
      7: 'Node',
      8: 'bytes',
      9: 'Opset',
      10: 'bytes',
      11: 'Attribute'
    }
  },
  Graph: {
    ...{ 1: 'Node', 2: 'bytes', 5: 'Tensor', 10: 'bytes', 11: 'Value', 12: 'Value', 13: 'Value' },
    ...{ 14: 'Annotation', 15: 'Sparse' }
  },
  Annotation: { 1: 'bytes', 2: 'Entry' },
  Node: { 1: 'bytes', 2: 'bytes', 3: 'bytes', 4: 'bytes', 5: 'Attribute', 6: 'bytes', 7: 'bytes' },
  Attribute: {
    ...{ 1: 'bytes', 2: 'float', 3: 'int', 4: 'bytes', 5: 'Tensor', 6: 'Graph', 7: 'floats', 8: 'ints', 9: 'bytes' },
    ...{ 10: 'Tensor', 11: 'Graph', 13: 'bytes', 14: 'Type', 15: 'Type', 20: 'int', 21: 'bytes' },
    ...{ 22: 'Sparse', 23: 'Sparse' }
  },
  Tensor: {
    ...{ 1: 'ints', 2: 'int', 3: 'Segment', 4: 'floats', 5: 'ints', 6: 'bytes', 7: 'ints', 8: 'bytes', 9: 'bytes' },
    ...{ 10: 'doubles', 11: 'ints', 12: 'bytes', 13: 'Entry', 14: 'int' }
  },
  Segment: { 1: 'int', 2: 'int' },
  Sparse: { 1: 'Tensor', 2: 'Tensor', 3: 'ints' },
  Value: { 1: 'bytes', 2: 'Type', 3: 'bytes' },
  Type: { 1: 'TensorType', 4: 'InnerType', 5: 'MapType', 6: 'bytes', 8: 'TensorType', 9: 'InnerType' },
  TensorType: { 1: 'int', 2: 'Shape' },
  InnerType: { 1: 'Type' },
  MapType: { 1: 'int', 2: 'Type' },
  Shape: { 1: 'Extent' },
  Extent: { 1: 'int', 2: 'bytes', 3: 'bytes' }
}
