//! The time of the RTC, and how it goes on (RP2040 datasheet, 4.8.1 and 4.8.2).

const SECONDS_PER_MINUTE: u64 = 60;
const SECONDS_PER_HOUR: u64 = 3_600;
pub(super) const SECONDS_PER_DAY: u64 = 86_400;

/// A moment, in the fields that the registers have. Nothing checks that they are in range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Calendar {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
    /// Sunday is 0.
    pub(super) weekday: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
}

impl Calendar {
    /// From `SETUP_0` and `SETUP_1`, which have the layout of `RTC_1` and `RTC_0`.
    pub(super) const fn from_registers(date: u32, time: u32) -> Self {
        Self {
            year: date >> 12 & 0xfff,
            month: date >> 8 & 0xf,
            day: date & 0x1f,
            weekday: time >> 24 & 7,
            hour: time >> 16 & 0x1f,
            minute: time >> 8 & 0x3f,
            second: time & 0x3f,
        }
    }

    /// `RTC_1`.
    pub(super) const fn date(&self) -> u32 {
        self.year << 12 | self.month << 8 | self.day
    }

    /// `RTC_0`.
    pub(super) const fn time(&self) -> u32 {
        self.weekday << 24 | self.hour << 16 | self.minute << 8 | self.second
    }

    /// The seconds since midnight.
    pub(super) fn second_of_day(&self) -> u64 {
        u64::from(self.hour) * SECONDS_PER_HOUR + u64::from(self.minute) * SECONDS_PER_MINUTE + u64::from(self.second)
    }

    /// Lets seconds pass.
    pub(super) fn pass(&mut self, seconds: u64, leap_years: bool) {
        if seconds == 0 {
            return;
        }
        let total = self.second_of_day() + seconds;
        for _ in 0..total / SECONDS_PER_DAY {
            self.next_day(leap_years);
        }
        let second = total % SECONDS_PER_DAY;
        let field = |value: u64| u32::try_from(value).expect("a day has few seconds");
        self.hour = field(second / SECONDS_PER_HOUR);
        self.minute = field(second % SECONDS_PER_HOUR / SECONDS_PER_MINUTE);
        self.second = field(second % SECONDS_PER_MINUTE);
    }

    /// The day of the week just goes on: the chip does not compute it.
    fn next_day(&mut self, leap_years: bool) {
        self.weekday = (self.weekday + 1) % 7;
        if self.day < self.days_in_month(leap_years) {
            self.day += 1;
            return;
        }
        self.day = 1;
        self.month += 1;
        if self.month > 12 {
            self.month = 1;
            self.year = (self.year + 1) & 0xfff;
        }
    }

    /// A year is a leap year if it can be divided by four.
    const fn days_in_month(&self, leap_years: bool) -> u32 {
        match self.month {
            2 if leap_years && self.year.is_multiple_of(4) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}
