package gpio

import (
	"fmt"
	"strconv"
	"strings"
)

// headerPrefix begins the names of pins on a Raspberry Pi's header, as periph and the
// schematics of its first models write them.
const headerPrefix = "P1_"

// headerLines maps pins of the 40-pin header, the same since 2014 (the first 26 since
// 2012), to numbers of lines. The other pins are power, ground and the EEPROM's.
var headerLines = map[int]int{
	3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25, 23: 11, 24: 8, 26: 7,
	29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}

// headerLine returns the line at a pin of the header. model is the board's name in the
// device tree. It returns names of other kinds unchanged.
func headerLine(name, model string) (string, error) {
	place, ok := strings.CutPrefix(name, headerPrefix)
	if !ok {
		return name, nil
	}
	if !strings.HasPrefix(model, "Raspberry Pi") {
		return "", fmt.Errorf("%w: names like %s are those of a Raspberry Pi's header, and this board is %s; give the name of a line, like `gpioinfo` lists them",
			ErrUnknown, name, orUnknown(model))
	}
	n, err := strconv.Atoi(place)
	line, ok := headerLines[n]
	if err != nil || !ok {
		return "", fmt.Errorf("%w: %s is no GPIO of the 40-pin header; its ground, power and EEPROM pins are none", ErrUnknown, name)
	}
	return "GPIO" + strconv.Itoa(line), nil
}

func orUnknown(model string) string {
	if model == "" {
		return "none (it has no device tree)"
	}
	return model
}
