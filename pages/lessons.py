from explorer.ui.base.frame import close_page, keep_address, open_page, show_refusal
from explorer.ui.base.menu import Page
from explorer.ui.common.present import present
from explorer.ui.course.lesson_bar import keep_in_tab, room_bar_elsewhere
from explorer.ui.course.lesson_list import lesson_list
from explorer.ui.course.lesson_maker import lesson_maker
from explorer.ui.course.room.room_door import room_door
from explorer.ui.rooms.desk.desk import desk
from explorer.ui.rooms.led_room import desk_room, led_rooms, projected_room
from explorer.ui.rooms.projector.projector import projector

open_page(Page.LESSONS)
keep_address()
keep_in_tab()
if room := projected_room():
    projector(room)
elif room := desk_room():
    if present():
        projector(room)
    else:
        show_refusal()
        desk(room)
else:
    present()
    show_refusal()
    room_bar_elsewhere(Page.LESSONS)
    led_rooms()
    room_door()
    lesson_maker()
    lesson_list()
close_page()
