//! How large the box of each written item is.

use super::fit::Room;

/// The room for an item's words, in millimetres, as `statutory.css` lays the form out.
pub(super) fn room(key: &str) -> Room {
    let (width, height) = match key {
        "receiving_center" => (62.0, 5.0),
        "doctor_name" | "institution_name" | "institution_address" | "institution_phone" => (100.0, 4.6),
        "kana" => (38.0, 3.4),
        "name" => (51.0, 6.5),
        "occupation" => (36.0, 9.0),
        "registered_address" | "current_address" => (118.0, 7.4),
        "guardian_name" => (45.0, 7.4),
        "guardian_address" => (92.0, 7.4),
        "symptom_other_text" => (71.0, 6.6),
        key if key.starts_with("test") && key.contains("_method") => (32.0, 7.0),
        key if key.starts_with("test") && key.contains("_specimen") => (18.5, 7.0),
        "route_text" => (79.0, 6.6),
        "area_prefecture" => (22.0, 3.4),
        "area_city" => (32.0, 3.4),
        "area_place" => (72.0, 6.6),
        "area_country" => (28.0, 3.4),
        "area_detail" => (72.0, 6.6),
        "vaccine1_maker" | "vaccine2_maker" | "vaccine3_maker" | "vaccine4_maker" => (28.0, 3.4),
        "risk_other_text" => (76.0, 6.6),
        "hospital" => (146.0, 3.4),
        "remarks" => (180.0, 12.0),
        // Days, numbers and telephone numbers: what is written there has its length.
        _ => (34.0, 5.0),
    };
    Room { width, height }
}
