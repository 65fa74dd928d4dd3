// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { describeJsonFault } from '../../../proc/json.js';

it.each([
  ['', 'it is empty'],
  [' \n', 'it is empty'],
  ['\u0000\u0001{', 'it is not text'],
  ['\ufffd{}', 'it is not text'],
  ['{', 'line 1, column 2: the file ends before the value does'],
  ['{"a": "b\n', 'line 1, column 9: a line break or a blank is not expected here'],
  ['{"a": tru', 'line 1, column 10: the file ends before the value does'],
  ['{\n  "a": [1,],\n}', "line 2, column 11: ']' after a comma"],
  ['{\n  "a": 1,\n}\n', "line 3, column 1: '}' after a comma"],
  ['{\n  // why\n}', 'line 2, column 3: JSON has no comments'],
  ["{'a': 1}", `line 1, column 2: ''' is not expected here`],
  ['{"a" "b"}', `line 1, column 6: '"' is not expected here`],
  ['{"a": 1} x', "line 1, column 10: 'x' is not expected here"],
  ['{"a": \u001b[0m}', 'line 1, column 7: a control character'],
  ['{"a": 😀}', "line 1, column 7: '😀' is not expected here"],
  ['garbage', "line 1, column 1: 'g' is not expected here"],
])('says where %j is no JSON', (text, fault) => {
  expect(() => JSON.parse(text) as unknown).toThrow();
  expect(describeJsonFault(text)).toBe(fault);
});

it('finds every fault of a text cut short at its end, and of one with a byte too many there', () => {
  const whole = '{"a":[1,-2.5e+3,"x\\u00e9\\n",true,null],"b":{}}';
  for (let length = 1; length < whole.length; length++) {
    const start = whole.slice(0, length);
    expect(describeJsonFault(start)).toBe(`line 1, column ${length + 1}: the file ends before the value does`);
    expect(describeJsonFault(`${start}\u0007`)).toBe(`line 1, column ${length + 1}: a control character`);
  }
});
