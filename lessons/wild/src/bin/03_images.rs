//! Lesson 3 in the wild: pictures are decoded, made smaller and put on a contact sheet, with the crate `image`.
//!
//! `cargo run -p wild --bin 03_images` prints what it did; with a path behind `--` it also writes the sheet there.

use std::env;
use std::io::Cursor;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use image::{GenericImage, ImageError, ImageFormat, Rgb, RgbImage, imageops};
use pipeline_solution::{Stage, run};

/// At most so many pictures are in memory between the source and the sheet.
const LIMIT: usize = 6;
const COLUMNS: u32 = 4;
/// A thumbnail's width and height. A picture is five times as wide and high.
const CELL: (u32, u32) = (24, 16);

/// A picture as it comes from a camera: a number and an encoded file.
struct Picture {
    number: u32,
    file: Vec<u8>,
}

/// Takes a picture. There is no camera, so it is a gradient, in a colour that depends on the number.
fn take(number: u32) -> Picture {
    let colour = |x, y| Rgb([(number * 40 % 256) as u8, (number * 90 % 256) as u8, ((x + y) % 256) as u8]);
    let image = RgbImage::from_fn(5 * CELL.0, 5 * CELL.1, colour);
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, ImageFormat::Png).expect("memory can be written to");
    Picture { number, file: file.into_inner() }
}

/// A picture whose file ends too soon, as on a full disk.
fn take_broken(number: u32) -> Picture {
    let mut picture = take(number);
    picture.file.truncate(picture.file.len() / 2);
    picture
}

fn decode(picture: &Picture) -> Result<RgbImage, ImageError> {
    Ok(image::load_from_memory_with_format(&picture.file, ImageFormat::Png)?.into_rgb8())
}

fn shrink(image: &RgbImage) -> RgbImage {
    imageops::thumbnail(image, CELL.0, CELL.1)
}

/// Thumbnails in rows, in the order in which they are added.
struct Sheet {
    image: RgbImage,
    thumbnails: u32,
}

impl Sheet {
    fn new(pictures: u32) -> Self {
        let rows = pictures.div_ceil(COLUMNS);
        Self { image: RgbImage::new(COLUMNS * CELL.0, rows * CELL.1), thumbnails: 0 }
    }

    /// Where the thumbnail with this number belongs.
    fn place(number: u32) -> (u32, u32) {
        (number % COLUMNS * CELL.0, number / COLUMNS * CELL.1)
    }

    fn add(&mut self, thumbnail: &RgbImage) -> Result<(), ImageError> {
        let (x, y) = Self::place(self.thumbnails);
        self.thumbnails += 1;
        self.image.copy_from(thumbnail, x, y)
    }

    /// The first thumbnail that is not at its place. Every picture is taken and made smaller once more, one by one.
    fn misplaced(&self) -> Option<u32> {
        (0..self.thumbnails).find(|number| {
            let (x, y) = Self::place(*number);
            let wanted = shrink(&decode(&take(*number)).expect("this picture is whole"));
            imageops::crop_imm(&self.image, x, y, CELL.0, CELL.1).to_image() != wanted
        })
    }
}

/// Puts the thumbnails of the pictures on the sheet, with the lesson's pipeline. Returns how many decoded pictures were in
/// memory at the same time, or the first failure.
fn contact_sheet(pictures: impl Iterator<Item = Picture> + Send, sheet: &mut Sheet) -> Result<usize, String> {
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // ANCHOR: stages
    let fetch = |picture: Picture| {
        let decoded = decode(&picture).map_err(|error| format!("picture {}: {error}", picture.number))?;
        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        Ok(decoded)
    };
    let process = |decoded: RgbImage| {
        let thumbnail = shrink(&decoded);
        drop(decoded);
        now.fetch_sub(1, Ordering::SeqCst);
        Ok(thumbnail)
    };
    let save = |thumbnail| sheet.add(&thumbnail).map_err(|error| error.to_string());
    run(pictures, Stage { workers: 2, work: fetch }, Stage { workers: 3, work: process }, LIMIT, save)?;
    // ANCHOR_END: stages
    Ok(most.into_inner())
}

fn report() -> Result<(), String> {
    let mut sheet = Sheet::new(24);
    let pictures: Vec<Picture> = (0..24).map(take).collect();
    let most = contact_sheet(pictures.into_iter(), &mut sheet)?;
    if let Some(number) = sheet.misplaced() {
        return Err(format!("thumbnail {number} is out of place"));
    }
    println!("24 pictures on the sheet, each at its place");
    println!("at most {most} decoded at the same time, where {LIMIT} may be");
    if let Some(path) = env::args_os().nth(1) {
        sheet.image.save_with_format(&path, ImageFormat::Png).map_err(|error| error.to_string())?;
    }

    let mut sheet = Sheet::new(24);
    let pictures = (0..24).map(|number| if number == 9 { take_broken(number) } else { take(number) });
    match contact_sheet(pictures, &mut sheet) {
        Ok(_) => return Err("a broken picture was not noticed".to_owned()),
        Err(error) => println!("stopped after {} thumbnails: {error}", sheet.thumbnails),
    }
    Ok(())
}

fn main() -> ExitCode {
    match report() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{Sender, channel, sync_channel};
    use std::thread;

    use super::*;

    #[test]
    fn every_thumbnail_is_at_its_place_and_the_limit_holds() {
        let mut sheet = Sheet::new(14);
        let pictures: Vec<Picture> = (0..14).map(take).collect();
        let most = contact_sheet(pictures.into_iter(), &mut sheet).unwrap();
        assert_eq!((sheet.thumbnails, sheet.misplaced()), (14, None));
        assert!((1..=LIMIT).contains(&most), "{most} pictures were decoded at once");
    }

    #[test]
    fn a_broken_picture_is_named_and_all_before_it_are_on_the_sheet() {
        let mut sheet = Sheet::new(14);
        // Picture 11 is broken too, and may be noticed first.
        let broken = |number| [7, 11].contains(&number);
        let pictures = (0..14).map(|number| if broken(number) { take_broken(number) } else { take(number) });
        let error = contact_sheet(pictures, &mut sheet).unwrap_err();
        assert!(error.starts_with("picture 7: "), "{error}");
        assert_eq!((sheet.thumbnails, sheet.misplaced()), (7, None));
    }

    /// What the lesson warns of: two workers, and thumbnails that are saved as they arrive. Picture 0 is a large file
    /// here: its thumbnail is not ready before that of picture 1 is on the sheet.
    fn by_arrival(pictures: Vec<Picture>, sheet: &mut Sheet) {
        let (to_worker, shared) = channel();
        pictures.into_iter().for_each(|picture| to_worker.send(picture).unwrap());
        drop(to_worker);
        let (second_is_saved, large_is_read) = sync_channel(1);
        let (shared, large_is_read) = (Mutex::new(shared), Mutex::new(large_is_read));
        let work = |results: Sender<(u32, RgbImage)>| {
            loop {
                let picture = shared.lock().unwrap().recv();
                let Ok(picture) = picture else { return };
                let thumbnail = shrink(&decode(&picture).unwrap());
                if picture.number == 0 {
                    large_is_read.lock().unwrap().recv().unwrap();
                }
                results.send((picture.number, thumbnail)).unwrap();
            }
        };
        thread::scope(|scope| {
            let (results, arrived) = channel();
            for results in [results.clone(), results] {
                scope.spawn(|| work(results));
            }
            for (number, thumbnail) in arrived {
                sheet.add(&thumbnail).unwrap();
                if number == 1 {
                    second_is_saved.send(()).unwrap();
                }
            }
        });
    }

    #[test]
    fn thumbnails_in_the_order_of_arrival_are_found_out() {
        let mut sheet = Sheet::new(8);
        by_arrival((0..8).map(take).collect(), &mut sheet);
        assert_eq!((sheet.thumbnails, sheet.misplaced()), (8, Some(0)));
    }
}
